#pragma once

#include "projections/projection.hpp"

namespace chancery {

/// How many are held, by whom says so: contested counts side by side.
/// Key: holder/claimed_by/category, `-` for what is not given.
struct Estimates {
  static constexpr std::string_view name = "estimates";
  static constexpr std::uint32_t version = 1;

  struct State {
    Party holder;
    std::optional<Party> claimed_by;
    std::optional<std::string> category;
    std::uint64_t low = 0;
    std::optional<std::uint64_t> high;
    std::string since;  ///< the occurred of the estimate
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("holder", &State::holder, "who holds them"),
                        shown("claimed_by", &State::claimed_by, "whose estimate it is"),
                        shown("category", &State::category, "who is counted"),
                        shown("low", &State::low, "how many, at least"),
                        shown("high", &State::high, "and at most"),
                        shown("since", &State::since, "the occurred of the estimate")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
