#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class MissionStatus : std::uint8_t { open, suspended, closed };
template <>
struct Words<MissionStatus> {
  static constexpr std::array<std::string_view, 3> list{"open", "suspended", "closed"};
};

/// Who has an embassy where. Key: sender@host/city.
struct Missions {
  static constexpr std::string_view name = "missions";
  static constexpr std::uint32_t version = 1;

  struct State {
    Party sender, host;
    Slug city;
    MissionLevel level = MissionLevel::embassy;  ///< kept where an event gives none
    MissionStatus status = MissionStatus::open;
    std::string since;  ///< moves only when the status changes
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("sender", &State::sender, "whose mission it is"),
                        shown("host", &State::host, "in which country"),
                        shown("city", &State::city, "where"),
                        shown("level", &State::level, "what kind of mission"),
                        shown("status", &State::status, "whether it works"),
                        shown("since", &State::since, "the occurred of the event that last changed the status")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
