#include "projections/where.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace chancery {
namespace {

namespace json = boost::json;

constexpr double exact_below = 9'007'199'254'740'992;  // 2^53: whole numbers below it are doubles

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

const json::value& follow(const json::value& state, const std::vector<std::string>& path) {
  static const json::value nothing;
  const json::value* here = &state;
  for (const std::string& step : path) {
    const json::object* object = here->if_object();
    here = object ? object->if_contains(step) : nullptr;
    if (!here) return nothing;
  }
  return *here;
}

/// A value as a person would type it: text without quotes, else JSON.
std::string as_typed(const json::value& value) {
  const json::string* text = value.if_string();
  return text ? std::string(*text) : json::serialize(value);
}

bool equals(const Where& where, const json::value& value) {
  // A number is the same however it is written; those that are too large for a double are compared as they are written too.
  if (value.is_number() && where.number && std::abs(*where.number) < exact_below) return value.to_number<double>() == *where.number;
  return as_typed(value) == where.value;
}

bool holds(const Where& where, const json::value& value) {
  if (!where.contains) return equals(where, value);
  if (const json::array* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(), [&](const json::value& item) { return equals(where, item); });
  }
  const json::string* text = value.if_string();
  return text && where.any_case.in(std::string_view(*text));
}

}  // namespace

namespace {

Result<Where> parse_one(std::string_view text) {
  const std::size_t at = text.find_first_of("=~");
  if (at == std::string_view::npos || at == 0) {
    return refused("--where", chancery::quoted(text), "FIELD=VALUE, LIST~VALUE or TEXT~VALUE, FIELD being a dotted path in the state");
  }
  const std::string_view value = text.substr(at + 1);
  Where where{{}, text[at] == '~', std::string(value), number_of(value), AnyCase(value)};
  std::string_view path = text.substr(0, at);
  while (true) {
    const std::size_t dot = path.find('.');
    where.path.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return where;
    path.remove_prefix(dot + 1);
  }
}

bool is_one(std::string_view path, const std::vector<std::string>& paths) {
  return std::any_of(paths.begin(), paths.end(), [&](std::string_view known) {
    return known == path || (known.ends_with(".*") && path.starts_with(known.substr(0, known.size() - 1)));
  });
}

/// The paths that begin with `first`; if there is none, all that are one field.
std::string nearest(std::string_view first, const std::vector<std::string>& paths) {
  std::vector<std::string_view> under, fields;
  for (const std::string_view path : paths) {
    const std::string_view begins = path.substr(0, path.find('.'));
    if (begins == first) under.push_back(path);
    if (begins == path) fields.push_back(path);
  }
  return fmt::format("{}", fmt::join(under.empty() ? fields : under, ", "));
}

}  // namespace

Result<std::vector<Where>> parse_where(const std::vector<std::string>& texts, const View& view) {
  std::vector<Where> all;
  const std::vector<std::string> paths = view.paths();
  for (const std::string& text : texts) {
    Result<Where> where = parse_one(text);
    if (!where) return Failure(where.error());
    // A slip of the pen must not read as "there is none".
    if (const std::string path = fmt::format("{}", fmt::join(where->path, ".")); !is_one(path, paths)) {
      return refused("--where", chancery::quoted(path), nearest(where->path.front(), paths));
    }
    all.push_back(std::move(*where));
  }
  return all;
}

bool matches(const std::vector<Where>& conditions, const View& view, std::string_view state) {
  if (conditions.empty()) return true;
  std::string text;
  view.write_state(text, state);
  const json::value value = json::parse(text);
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Where& where) { return holds(where, follow(value, where.path)); });
}

}  // namespace chancery
