#include "core/json/field_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <numeric>
#include <vector>

namespace chancery {
namespace {

/// Longer names are never taken for slips: the distance takes the product of both lengths in steps.
constexpr std::size_t slip_bytes_max = 64;

/// How many letters must be put in, left out or changed to get from one to the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string allowed_names(std::span<const std::string_view> names, std::string_view name) {
  const std::string all = fmt::format("{}", fmt::join(names, " "));
  if (name.size() > slip_bytes_max) return all;
  std::size_t nearest = (name.size() < 4 ? 1 : name.size() < 8 ? 2 : 3) + 1;  // one more than a slip may be away
  std::string_view meant;
  for (const auto candidate : names) {
    const std::size_t away = distance(name, candidate);
    if (away >= nearest) continue;
    nearest = away;
    meant = candidate;
  }
  return meant.empty() ? all : fmt::format("{} is near; all: {}", meant, all);
}

}  // namespace chancery
