#pragma once

#include "projections/projection.hpp"

namespace chancery {

/// How much two states did with and against each other in each month, by the coding of their actions.
/// Key: actor>recipient/YYYY-MM, for each pair of states an event acts for; the month is that of the event's zone.
struct Relations {
  static constexpr std::string_view name = "relations";
  static constexpr std::uint32_t version = 1;

  struct State {
    Party from, to;
    std::string month;
    std::uint64_t events = 0;
    std::uint64_t verbal_cooperation = 0, material_cooperation = 0, verbal_conflict = 0, material_conflict = 0;
    std::int64_t goldstein_tenths =
        0;  ///< each event's scale times 10, rounded, then summed; stays at the range's ends
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("from", &State::from, "who acted"),
                        shown("to", &State::to, "towards whom"),
                        shown("month", &State::month, "YYYY-MM"),
                        shown("events", &State::events, "how many, the sum of the four that follow"),
                        shown("verbal_cooperation", &State::verbal_cooperation, "quad class 1"),
                        shown("material_cooperation", &State::material_cooperation, "quad class 2"),
                        shown("verbal_conflict", &State::verbal_conflict, "quad class 3"),
                        shown("material_conflict", &State::material_conflict, "quad class 4"),
                        shown("goldstein_tenths", &State::goldstein_tenths, "sum of the Goldstein scale times 10")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
