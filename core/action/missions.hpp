#pragma once

#include "core/coding.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// Embassies and other missions, and the envoys sent.
namespace chancery {

enum class MissionLevel : std::uint8_t { embassy, consulate, office };
template <>
struct Words<MissionLevel> {
  static constexpr std::array<std::string_view, 3> list{"embassy", "consulate", "office"};
};

/// What the three events of a mission share.
struct MissionChanged {
  Party sender, host;
  Slug city;
  std::optional<MissionLevel> level;
  std::optional<std::string> reason;
  bool operator==(const MissionChanged&) const = default;

  static constexpr auto fields() {
    return std::tuple{required("sender", &MissionChanged::sender, "whose mission it is"),
                      required("host", &MissionChanged::host, "in which country"),
                      required("city", &MissionChanged::city, "where"),
                      optional("level", &MissionChanged::level, "what kind of mission"),
                      optional("reason", &MissionChanged::reason, "why")};
  }
};

struct MissionOpened : MissionChanged {
  static constexpr std::string_view type = "mission.opened";
  static constexpr std::uint16_t code = 50;
  static constexpr std::string_view description = "A mission was opened or opened again";
  static constexpr DefaultCoding coding{"SUPPORT", "", "054", 1, "6.0"};
};

struct MissionSuspended : MissionChanged {
  static constexpr std::string_view type = "mission.suspended";
  static constexpr std::uint16_t code = 51;
  static constexpr std::string_view description = "A mission stopped its work for a time";
  static constexpr DefaultCoding coding{"SANCTION", "withdraw", "161", 4, "-4.0"};
};

struct MissionClosed : MissionChanged {
  static constexpr std::string_view type = "mission.closed";
  static constexpr std::uint16_t code = 52;
  static constexpr std::string_view description = "A mission was closed";
  static constexpr DefaultCoding coding{"SANCTION", "withdraw", "161", 4, "-4.0"};
};

/// What the three events of an envoy share.
struct EnvoyChanged {
  Party envoy, sender, host;
  std::optional<std::string> rank;
  bool operator==(const EnvoyChanged&) const = default;

  static constexpr auto fields() {
    return std::tuple{required("envoy", &EnvoyChanged::envoy, "who it is"),
                      required("sender", &EnvoyChanged::sender, "who sends the envoy"),
                      required("host", &EnvoyChanged::host, "to whom"),
                      optional("rank", &EnvoyChanged::rank, "such as ambassador or charge d'affaires")};
  }
};

struct EnvoyAppointed : EnvoyChanged {
  static constexpr std::string_view type = "envoy.appointed";
  static constexpr std::uint16_t code = 53;
  static constexpr std::string_view description = "An envoy was appointed";
  static constexpr DefaultCoding coding{"SUPPORT", "", "05", 1, "3.5"};
};

struct EnvoyRecalled : EnvoyChanged {
  static constexpr std::string_view type = "envoy.recalled";
  static constexpr std::uint16_t code = 54;
  static constexpr std::string_view description = "An envoy was called back by the sender";
  static constexpr DefaultCoding coding{"SANCTION", "withdraw", "161", 4, "-4.0"};
};

struct EnvoyExpelled : EnvoyChanged {
  static constexpr std::string_view type = "envoy.expelled";
  static constexpr std::uint16_t code = 55;
  static constexpr std::string_view description = "An envoy was expelled by the host";
  static constexpr DefaultCoding coding{"SANCTION", "expel", "166", 4, "-7.0"};
};

}  // namespace chancery
