#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class MeasureStatus : std::uint8_t { active, eased, suspended, lifted, expired };
template <>
struct Words<MeasureStatus> {
  static constexpr std::array<std::string_view, 5> list{"active", "eased", "suspended", "lifted", "expired"};
};

/// What each sanctions measure forbids, and what of it was eased for how long. Key: the measure.
struct Sanctions {
  static constexpr std::string_view name = "sanctions";
  static constexpr std::uint32_t version = 1;

  /// What an easing gave until a date. No thing stands in two entries' lifts, nor in two entries' permits.
  struct Temporary {
    Date until;
    Instant lapses_at{};
    std::vector<std::string> lifts, permits;
    bool operator==(const Temporary&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("until", &Temporary::until, "EDTF, as given"),
                        shown("lapses_at", &Temporary::lapses_at, "the instant after its end"),
                        shown("lifts", &Temporary::lifts, "what is in force again then"),
                        shown("permits", &Temporary::permits, "what is forbidden again then")};
    }
  };

  struct State {
    LongSlug measure;
    std::vector<Party> imposed_by, target;
    std::optional<std::string> programme, legal_basis;
    std::vector<std::string> restrictions;  ///< in force; none of them stands in `lifted`
    std::vector<std::string> lifted;        ///< taken out by an easing, the lifts of `temporary` among them
    std::vector<std::string> exemptions;    ///< permitted although restricted, the permits of `temporary` among them
    std::vector<Temporary> temporary;       ///< in fold order; none has neither lifts nor permits
    MeasureStatus status = MeasureStatus::active;
    std::optional<Date> expires;
    std::optional<Instant> lapses_at;
    std::string since;
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{
          shown("measure", &State::measure, "its name"),
          shown("imposed_by", &State::imposed_by, "whose measure it is"),
          shown("target", &State::target, "whom it is against"),
          shown("programme", &State::programme, "the programme it belongs to"),
          shown("legal_basis", &State::legal_basis, "the law or order"),
          shown("restrictions", &State::restrictions, "what it forbids"),
          shown("lifted", &State::lifted, "what it forbade until an easing"),
          shown("exemptions", &State::exemptions, "what is permitted although restricted"),
          shown("temporary", &State::temporary, "the easings that will run out"),
          shown("status", &State::status, "where it stands"),
          shown("expires", &State::expires, "EDTF: in force until its end"),
          shown("lapses_at", &State::lapses_at, "the instant after its end"),
          shown("since", &State::since, "the occurred of the event that started it, or started it afresh")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
  /// A temporary entry whose time is up, or the measure itself.
  static std::optional<Lapse<State>> lapse(const State& state);
};

}  // namespace chancery
