#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <variant>

#include "core/count.hpp"
#include "core/event.hpp"
#include "core/fields.hpp"
#include "core/instant.hpp"
#include "core/json/writer.hpp"

/// Values as JSON: events and their parts, and the states of views. What a struct's fields() lists is written in that
/// order.
///
///   Presence::required   always
///   Presence::optional   unless absent or empty
///   Presence::shown      always: null for what is absent, [] and {} for what is empty
///
/// A Count is n or [low, high], a Range {low, high}, an Instant RFC 3339, a variant its active alternative.
namespace chancery {

template <class T>
void write_json(std::string& out, const T& value);

/// The members of `value` into an object that is begun already.
template <HasFields T>
void write_members(ObjectWriter& object, const T& value);

namespace json_detail {

template <class T>
constexpr bool is_name = false;
template <class Tag>
constexpr bool is_name<Name<Tag>> = true;
template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class T>
constexpr bool is_variant = false;
template <class... T>
constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
concept Map = requires {
  typename T::mapped_type;
};
template <class T>
concept List = std::ranges::range<T> && !Map<T> && !std::convertible_to<T, std::string_view>;

/// Whether a field that is optional is left out.
template <class T>
bool left_out(const T& value) {
  if constexpr (is_optional<T>) {
    return !value.has_value();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else {
    return false;
  }
}

/// What an object is without its members: how it is written in place of them, if it is.
template <class T>
bool write_short(std::string& out, const T& value) {
  if constexpr (std::same_as<T, Role>) {
    if (value.on_behalf_of || value.role) return false;
    append_string(out, value.party.text);
    return true;
  } else if constexpr (std::same_as<T, Place>) {
    if (!value.only_name) return false;
    append_string(out, *value.name);
    return true;
  } else {
    return false;
  }
}

inline void write_count(std::string& out, const Count& count) {
  if (count.single) return append_number(out, count.low);
  out += '[';
  append_number(out, count.low);
  out += ',';
  if (count.high) {
    append_number(out, *count.high);
  } else {
    out += "null";
  }
  out += ']';
}

template <class T>
void write_list(std::string& out, const T& list) {
  char before = '[';
  for (const auto& element : list) {
    out += before;
    write_json(out, element);
    before = ',';
  }
  if (before == '[') out += '[';
  out += ']';
}

template <class T>
void write_map(std::string& out, const T& map) {
  ObjectWriter object(out);
  for (const auto& [key, value] : map) {
    if constexpr (requires { key.text; }) {
      object.free_name(key.text);
    } else {
      object.free_name(key);
    }
    write_json(out, value);
  }
  object.close();
}

}  // namespace json_detail

/// Appends `value`, minified. T: text, names, numbers, enums with words, Count, Range, Instant, structs with fields(),
/// and optionals, lists, sets, maps and variants of these.
template <class T>
void write_json(std::string& out, const T& value) {
  namespace detail = json_detail;
  if constexpr (detail::is_optional<T>) {
    if (value) return write_json(out, *value);
    out += "null";
  } else if constexpr (std::same_as<T, Json> || std::same_as<T, Decimal>) {
    out += value.text.empty() ? std::string_view("null") : std::string_view(value.text);
  } else if constexpr (detail::is_name<T>) {
    if (value.empty()) {
      out += "null";
    } else {
      append_string(out, value.text);
    }
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    append_string(out, value);
  } else if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (HasWords<T>) {
    append_string(out, word(value));
  } else if constexpr (std::unsigned_integral<T>) {
    append_number(out, static_cast<std::uint64_t>(value));
  } else if constexpr (std::signed_integral<T>) {
    append_number(out, static_cast<std::int64_t>(value));
  } else if constexpr (std::same_as<T, Instant>) {
    append_string(out, format_instant(value));
  } else if constexpr (std::same_as<T, Count>) {
    detail::write_count(out, value);
  } else if constexpr (std::same_as<T, Range>) {
    ObjectWriter object(out);
    object.name("low");
    append_number(out, value.low);
    object.name("high");
    write_json(out, value.high);
    object.close();
  } else if constexpr (detail::is_variant<T>) {
    std::visit([&](const auto& active) { write_json(out, active); }, value);
  } else if constexpr (HasFields<T>) {
    if (detail::write_short(out, value)) return;
    ObjectWriter object(out);
    write_members(object, value);
    object.close();
  } else if constexpr (detail::Map<T>) {
    detail::write_map(out, value);
  } else {
    static_assert(detail::List<T>, "no JSON form is known for this type");
    detail::write_list(out, value);
  }
}

template <HasFields T>
void write_members(ObjectWriter& object, const T& value) {
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*field.member;
    if (field.presence == Presence::optional && json_detail::left_out(member)) return;
    // A link to an event that the reader does not see is left out, even a required one.
    if constexpr (std::same_as<std::decay_t<decltype(member)>, Id>) {
      if (field.presence == Presence::required && member.empty()) return;
    }
    object.name(field.name);
    write_json(object.out(), member);
  });
  if constexpr (std::same_as<T, ActionObserved>) {
    if (!value.rest.empty()) object.members(std::string_view(value.rest.text).substr(1, value.rest.text.size() - 2));
  }
}

}  // namespace chancery
