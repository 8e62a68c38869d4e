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
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) ? std::optional(number) : std::nullopt;
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

/// A number is the same however it is written, also within lists and objects.
bool same(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) {
    const auto x = a.to_number<double>(), y = b.to_number<double>();
    return std::abs(x) < exact_below ? x == y : a == b;
  }
  if (const json::array *list = a.if_array(), *other = b.if_array(); list && other) return std::equal(list->begin(), list->end(), other->begin(), other->end(), same);
  const json::object *object = a.if_object(), *other = b.if_object();
  if (!object || !other) return a == b;
  return object->size() == other->size() && std::all_of(object->begin(), object->end(), [&](const auto& member) {
           const json::value* there = other->if_contains(member.key());
           return there && same(member.value(), *there);
         });
}

bool equals(const Where& where, const json::value& value) {
  if (where.json) return same(value, *where.json);
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
  Where where{{}, text[at] == '~', std::string(text.substr(at + 1)), number_of(text.substr(at + 1)), nullptr};
  std::string_view path = text.substr(0, at);
  while (true) {
    const std::size_t dot = path.find('.');
    where.path.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return where;
    path.remove_prefix(dot + 1);
  }
}

bool is_below(std::string_view path, std::string_view all) { return all.ends_with(".*") && path.starts_with(all.substr(0, all.size() - 1)); }

/// The paths that begin with `first`; if there is none, all that are one field.
std::string nearest(std::string_view first, const std::vector<StatePath>& paths) {
  std::vector<std::string_view> under, fields;
  for (const StatePath& known : paths) {
    const std::string_view path = known.path, begins = path.substr(0, path.find('.'));
    if (begins == first) under.push_back(path);
    if (begins == path) fields.push_back(path);
  }
  return fmt::format("{}", fmt::join(under.empty() ? fields : under, ", "));
}

/// The paths below one.
std::string below(const std::string& path, const std::vector<StatePath>& paths) {
  std::vector<std::string_view> all;
  for (const StatePath& known : paths) {
    if (known.path.starts_with(path + '.')) all.push_back(known.path);
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

/// As the words of the format are written: in small letters, with underscores.
std::string as_word(std::string_view typed) {
  const auto blank = [](char each) { return each == ' ' || each == '\t'; };
  while (!typed.empty() && blank(typed.back())) typed.remove_suffix(1);
  while (!typed.empty() && blank(typed.front())) typed.remove_prefix(1);
  std::string word(typed);
  for (char& each : word) each = blank(each) ? '_' : each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
  return word;
}

/// Brings `value` into the form in which states have it. What is returned is what the field allows instead, where it can never have that.
std::optional<std::string> fit_word(Where& where, std::span<const std::string_view> words) {
  where.value = as_word(where.value);
  const bool fits = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return where.contains ? word.find(where.value) != std::string_view::npos : word == where.value;
  });
  return fits ? std::nullopt : std::optional(fmt::format("{}, null", fmt::join(words, ", ")));
}

bool fits_json(Where& where, bool (json::value::*is_kind)() const noexcept) {
  boost::system::error_code error;
  const auto value = std::make_shared<const json::value>(json::parse(where.value, error));
  if (error || !((*value).*is_kind)()) return false;
  where.json = value;
  return true;
}

std::optional<std::string> fit_list(Where& where, const StatePath& field) {
  const bool of_objects = field.kind == StateKind::list_of_objects;
  if (where.contains ? !of_objects || fits_json(where, &json::value::is_object) : fits_json(where, &json::value::is_array)) return std::nullopt;
  return fmt::format("{0}~{1}: has it; or {0}=LIST, a whole list as JSON", field.path, of_objects ? "OBJECT as JSON" : "VALUE");
}

std::optional<std::string> fit(Where& where, const StatePath& field, const std::vector<StatePath>& paths) {
  if (where.value == "null" && !where.contains) return std::nullopt;
  switch (field.kind) {
    case StateKind::word: return fit_word(where, field.words);
    case StateKind::number:
      return where.number && !where.contains ? std::nullopt : std::optional(field.path + "=NUMBER, or null");
    case StateKind::truth:
      return !where.contains && (where.value == "true" || where.value == "false") ? std::nullopt : std::optional(field.path + "=true, false or null");
    case StateKind::list:
    case StateKind::list_of_objects: return fit_list(where, field);
    case StateKind::object:
      if (!where.contains && fits_json(where, &json::value::is_object)) return std::nullopt;
      return fmt::format("{0}=null, {0}=OBJECT as JSON, or one of {1}", field.path, below(field.path, paths));
    case StateKind::text:
    case StateKind::any: break;
  }
  return std::nullopt;
}

Result<void> check(Where& where, const std::vector<StatePath>& paths) {
  const std::string path = fmt::format("{}", fmt::join(where.path, "."));
  const auto field = std::find_if(paths.begin(), paths.end(), [&](const StatePath& known) { return known.path == path || is_below(path, known.path); });
  // A slip of the pen must not read as "there is none".
  if (field == paths.end()) return refused("--where", chancery::quoted(path), nearest(where.path.front(), paths));
  const std::string typed = where.value;
  if (const auto allowed = fit(where, *field, paths)) return refused("--where", chancery::quoted(fmt::format("{}{}{}", path, where.contains ? '~' : '=', typed)), *allowed);
  return {};
}

}  // namespace

Result<std::vector<Where>> parse_where(const std::vector<std::string>& texts, const View& view) {
  std::vector<Where> all;
  const std::vector<StatePath> paths = view.paths();
  for (const std::string& text : texts) {
    Result<Where> where = parse_one(text);
    if (!where) return Failure(where.error());
    if (auto fits = check(*where, paths); !fits) return Failure(fits.error());
    where->any_case = AnyCase(where->value);
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
