#pragma once

#include <cstdint>
#include <optional>

namespace chancery {

/// How many, as far as is known: `n`, or `[low, high]` with an unknown high meaning "at least". Never guessed.
struct Count {
  std::uint64_t low = 0;               ///< at most count_max
  std::optional<std::uint64_t> high;   ///< at least `low`; absent: no upper bound is known
  bool single = false;                 ///< it was written as one number, and is shown so
  bool operator==(const Count&) const = default;
};

constexpr std::uint64_t count_max = 1'000'000'000'000;

/// A running number of people between two bounds; shown as {low, high}, an absent high as null.
struct Range {
  std::uint64_t low = 0;
  std::optional<std::uint64_t> high;
  bool operator==(const Range&) const = default;
};

}  // namespace chancery
