#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/any_case.hpp"
#include "projections/view.hpp"

namespace chancery {

/// One condition on a state: FIELD=VALUE, LIST~VALUE (has it) or TEXT~VALUE (contains it, whatever the case).
struct Where {
  std::vector<std::string> path;  ///< dotted path in `state`
  bool contains = false;          ///< `~` and not `=`
  std::string value;              ///< `null` is null; true and false as JSON writes them
  std::optional<double> number;   ///< `value`, if it is a number, however it is written
  AnyCase any_case{""};           ///< `value`, to look for in a text
};

/// Refused where there is no `=` or `~`, or what is before it is no path in that view's states.
Result<std::vector<Where>> parse_where(const std::vector<std::string>& texts, const View& view);
/// Whether all conditions hold of a stored state. A path that leads nowhere in this state is null.
bool matches(const std::vector<Where>& conditions, const View& view, std::string_view state);

}  // namespace chancery
