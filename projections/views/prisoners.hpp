#pragma once

#include "projections/projection.hpp"

namespace chancery {

/// The last estimate of how many a holder holds: whatever happens later is counted from there.
struct HeldEstimate {
  std::uint64_t low = 0;
  std::optional<std::uint64_t> high;
  std::optional<Party> claimed_by;
  Position event = 0;
  bool operator==(const HeldEstimate&) const = default;
  static constexpr auto fields() {
    return std::tuple{shown("low", &HeldEstimate::low, "how many were held then, at least"),
                      shown("high", &HeldEstimate::high, "and at most"),
                      shown("claimed_by", &HeldEstimate::claimed_by, "whose estimate it is"),
                      shown("event", &HeldEstimate::event, "position of the event that told it")};
  }
};

/// What was counted after the last estimate.
struct SinceHeldEstimate {
  Range detained{0, 0}, released{0, 0};
  std::uint64_t died = 0;
  bool operator==(const SinceHeldEstimate&) const = default;
  static constexpr auto fields() {
    return std::tuple{shown("detained", &SinceHeldEstimate::detained, "since the estimate"),
                      shown("released", &SinceHeldEstimate::released, "since the estimate"),
                      shown("died", &SinceHeldEstimate::died, "since the estimate")};
  }
};

/// How many a holder holds, and what is known of each person by name.
/// Keys: the holder, for its tally; holder/person, for one person.
struct Prisoners {
  static constexpr std::string_view name = "prisoners";
  static constexpr std::uint32_t version = 1;

  struct Total {
    Range detained{0, 0}, released{0, 0}, released_foreign{0, 0};
    std::uint64_t died = 0;
    bool operator==(const Total&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("detained", &Total::detained, "all that are known"),
                        shown("released", &Total::released, "all that are known"),
                        shown("released_foreign", &Total::released_foreign, "the foreigners among the released"),
                        shown("died", &Total::died, "reports of a death")};
    }
  };

  struct Tally {
    Party holder;
    Range held;  ///< from 0 to nobody knows, until an estimate
    std::optional<HeldEstimate> estimate;
    std::optional<SinceHeldEstimate> since_estimate;
    Total total;
    bool operator==(const Tally&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("holder", &Tally::holder, "who holds them"),
                        shown("held", &Tally::held, "how many are held"),
                        shown("estimate", &Tally::estimate, "the last one"),
                        shown("since_estimate", &Tally::since_estimate, "what was counted after it"),
                        shown("total", &Tally::total, "what was counted from the beginning")};
    }
  };

  struct Person {
    Party person, holder;
    PrisonerStatus status = PrisonerStatus::held;
    std::string since;                ///< a report that repeats the status does not move it
    std::optional<ReleaseMode> mode;  ///< of the release that set the state, if it was one; so is destination
    std::optional<PartyOrText> destination;
    bool operator==(const Person&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("person", &Person::person, "who it is"),
                        shown("holder", &Person::holder, "who holds or held the person"),
                        shown("status", &Person::status, "what is known"),
                        shown("since", &Person::since, "the occurred of the event that set it"),
                        optional("mode", &Person::mode, "how the person was freed"),
                        optional("destination", &Person::destination, "where the person was taken")};
    }
  };

  using State = std::variant<Tally, Person>;

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
