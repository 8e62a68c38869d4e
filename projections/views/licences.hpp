#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class LicenceStatus : std::uint8_t { in_force, revoked, expired };
template <>
struct Words<LicenceStatus> {
  static constexpr std::array<std::string_view, 3> list{"in_force", "revoked", "expired"};
};

/// The instruments by which measures are eased, and how long each holds. What becomes of the measure is told by
/// sanctions. Key: measure#instrument.
struct Licences {
  static constexpr std::string_view name = "licences";
  static constexpr std::uint32_t version = 1;

  struct State {
    LongSlug measure;
    std::string instrument;
    std::vector<std::string> lifts, permits;
    std::optional<Date> until;         ///< stays when it has passed
    std::optional<Instant> lapses_at;  ///< only while in force
    LicenceStatus status = LicenceStatus::in_force;
    std::string since;  ///< the occurred of the event that last changed the status or, once expired, the until date
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("measure", &State::measure, "which measure it eases"),
                        shown("instrument", &State::instrument, "its name"),
                        shown("lifts", &State::lifts, "restrictions it takes out of force"),
                        shown("permits", &State::permits, "what it permits although restricted"),
                        shown("until", &State::until, "EDTF: runs out after its end"),
                        shown("lapses_at", &State::lapses_at, "the instant after its end, while in force"),
                        shown("status", &State::status, "whether it holds"),
                        shown("since", &State::since, "when it became so")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
  /// A licence in force is expired from the instant after its until date.
  static std::optional<Lapse<State>> lapse(const State& state);
};

}  // namespace chancery
