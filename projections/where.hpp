#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
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
  std::string value;              ///< text as it is, a word of the format's own as it is written there
  std::optional<double> number;   ///< `value`, if it is a number, however it is written
  std::shared_ptr<const boost::json::value> json;  ///< `value`, where it is a list or an object
  AnyCase any_case{""};           ///< `value`, to look for in a text
};

/// Refused where there is no `=` or `~`, where what is before it is no path in that view's states, and where what is after it can never be
/// there: a word that is none of those of the field, text for a number, one value for a whole list. Words are taken as people write them:
/// whatever their case, with blanks for underscores.
Result<std::vector<Where>> parse_where(const std::vector<std::string>& texts, const View& view);
/// Whether all conditions hold of a stored state. A path that leads nowhere in this state is null.
bool matches(const std::vector<Where>& conditions, const View& view, std::string_view state);

}  // namespace chancery
