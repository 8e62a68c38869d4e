#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "core/fields.hpp"

/// Finding a field by its name, and saying so where there is none.
namespace chancery {

/// The names of the fields of T, in their order.
template <HasFields T>
constexpr auto names_of_fields = std::apply(
    [](const auto&... field) { return std::array<std::string_view, sizeof...(field)>{field.name...}; }, T::fields());

/// Where `name` is among `names`; their number where it is not. Looks at `likely` first: fields mostly come in their
/// order.
constexpr std::size_t find_name(std::span<const std::string_view> names, std::string_view name,
                                std::size_t likely = 0) {
  for (std::size_t i = likely; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  for (std::size_t i = 0; i < std::min(likely, names.size()); ++i) {
    if (names[i] == name) return i;
  }
  return names.size();
}

/// The names, with the one first that `name` is most likely a slip of, if there is one.
std::string allowed_names(std::span<const std::string_view> names, std::string_view name);

}  // namespace chancery
