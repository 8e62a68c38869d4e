#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "core/event.hpp"

/// Numbers of which a field takes less than its kind has: the door and the schema both go by these.
namespace chancery {

struct NumberRange {
  std::int64_t least = 0, most = 0;
};

constexpr NumberRange quad_range{1, 4};
/// Of 10^11 events with such a Goldstein scale the tenths can be summed.
constexpr NumberRange goldstein_range{-1'000'000, 1'000'000};
constexpr NumberRange latitude_range{-90, 90}, longitude_range{-180, 180};

/// That of a field of an Owner; nothing: all that its kind has.
template <class Owner>
constexpr std::optional<NumberRange> range_of(std::string_view field) {
  if constexpr (std::same_as<Owner, Coding>) {
    if (field == "quad") return quad_range;
    if (field == "goldstein") return goldstein_range;
  } else if constexpr (std::same_as<Owner, Place>) {
    if (field == "lat") return latitude_range;
    if (field == "lon") return longitude_range;
  }
  return std::nullopt;
}

}  // namespace chancery
