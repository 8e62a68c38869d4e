#pragma once

#include "projections/projection.hpp"

namespace chancery {

/// When each published list was looked at, and how it was then. Key: the list.
struct Lists {
  static constexpr std::string_view name = "lists";
  static constexpr std::uint32_t version = 1;

  struct State {
    LongSlug list;
    std::uint64_t entries = 0;
    std::optional<std::string> sha256;
    std::string seen;
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("list", &State::list, "its name"), shown("entries", &State::entries, "how many it had"),
                        shown("sha256", &State::sha256, "of the file as it was published"),
                        shown("seen", &State::seen, "the occurred of the event that saw it")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
