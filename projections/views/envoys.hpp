#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class EnvoyStatus : std::uint8_t { serving, recalled, expelled };
template <>
struct Words<EnvoyStatus> {
  static constexpr std::array<std::string_view, 3> list{"serving", "recalled", "expelled"};
};

/// Who represents whom where. Key: sender@host/envoy.
struct Envoys {
  static constexpr std::string_view name = "envoys";
  static constexpr std::uint32_t version = 1;

  struct State {
    Party envoy, sender, host;
    std::optional<std::string> rank;  ///< kept where an event gives none
    EnvoyStatus status = EnvoyStatus::serving;
    std::string since;  ///< moves only when the status changes
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("envoy", &State::envoy, "who it is"),
                        shown("sender", &State::sender, "who sends the envoy"),
                        shown("host", &State::host, "to whom"),
                        shown("rank", &State::rank, "such as ambassador or charge d'affaires"),
                        shown("status", &State::status, "whether the envoy serves there"),
                        shown("since", &State::since, "the occurred of the event that last changed the status")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
