#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/count.hpp"
#include "core/event.hpp"
#include "core/fields.hpp"
#include "core/json/field_names.hpp"
#include "core/json/reading.hpp"

/// JSON into the structs that fields() tables describe. Every function returns whether it went well; if not, `reading`
/// holds the error, and the value is in no particular state. Lenient as events.md says: a list takes one value, null
/// and what is empty are as absent, a whole number may be written 1.0.
namespace chancery {

using Element = simdjson::dom::element;

bool read_value(Reading& reading, const Path& path, Element value, std::string& out);
bool read_value(Reading& reading, const Path& path, Element value, bool& out);
bool read_value(Reading& reading, const Path& path, Element value, std::uint64_t& out);
bool read_value(Reading& reading, const Path& path, Element value, Decimal& out);
bool read_value(Reading& reading, const Path& path, Element value, Count& out);
bool read_value(Reading& reading, const Path& path, Element value, Party& out);
bool read_value(Reading& reading, const Path& path, Element value, Slug& out);
bool read_value(Reading& reading, const Path& path, Element value, LongSlug& out);
bool read_value(Reading& reading, const Path& path, Element value, Id& out);
bool read_value(Reading& reading, const Path& path, Element value, Country& out);
bool read_value(Reading& reading, const Path& path, Element value, Date& out);
bool read_value(Reading& reading, const Path& path, Element value, PartyOrText& out);
bool read_value(Reading& reading, const Path& path, Element value, Json& out);
bool read_value(Reading& reading, const Path& path, Element value, Role& out);
bool read_value(Reading& reading, const Path& path, Element value, Place& out);
bool read_value(Reading& reading, const Path& path, Element value, Source& out);
/// `text`, and everything else into `rest` as it was given.
bool read_value(Reading& reading, const Path& path, Element value, ActionObserved& out);

/// Refuses a member that no table knows.
bool refuse_unknown(Reading& reading, const Path& path, std::span<const std::string_view> names);
/// Refuses a member that came before.
bool refuse_repeated(Reading& reading, const Path& path);
/// Refuses what is not of the JSON type that `wanted` names.
bool refuse_type(Reading& reading, const Path& path, Element value, std::string wanted);

template <HasFields T>
bool read_object(Reading& reading, const Path& path, Element value, T& out);

template <HasFields T>
bool read_value(Reading& reading, const Path& path, Element value, T& out) {
  return read_object(reading, path, value, out);
}

template <HasWords Enum>
bool read_value(Reading& reading, const Path& path, Element value, Enum& out) {
  std::string_view text;
  const std::span<const std::string_view> words = Words<Enum>::list;
  if (value.get_string().get(text) != simdjson::SUCCESS)
    return refuse_type(reading, path, value, allowed_names(words, {}));
  const std::size_t index = find_name(words, text);
  if (index == words.size()) return reading.refuse(path, quoted(text), allowed_names(words, {}));
  out = static_cast<Enum>(index);
  return true;
}

/// One element of a list: it cannot be absent.
template <class T>
bool read_element(Reading& reading, const Path& path, Element value, std::vector<T>& out) {
  if (value.is_null()) return reading.refuse(path, "null in a list", "values, or no list at all");
  if (!read_value(reading, path, value, out.emplace_back())) return false;
  if constexpr (HasFields<T>) {
    if (out.back() == T{})
      return reading.refuse(path, "an object that says nothing", allowed_names(names_of_fields<T>, {}));
  }
  return true;
}

template <class T>
bool read_value(Reading& reading, const Path& path, Element value, std::vector<T>& out) {
  simdjson::dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return read_element(reading, path, value, out);
  out.reserve(list.size());
  std::size_t index = 0;
  for (const auto element : list) {
    if (!read_element(reading, path.element(index++), element, out)) return false;
  }
  return true;
}

template <class Key, class T>
bool read_value(Reading& reading, const Path& path, Element value, std::map<Key, T>& out) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return refuse_type(reading, path, value, "an object");
  if (!reading.check_keys(path, object)) return false;
  std::size_t ordinal = 0;
  for (const auto& [name, member] : object) {
    const Path place = path.member(name, ordinal++);
    Key key;
    if constexpr (std::same_as<Key, Country>) {
      if (!reading.take(place, parse_country({}, name), key)) return false;
    } else {
      key = std::string(name);
    }
    if (is_absent(member)) continue;
    if (!read_value(reading, place, member, out[key])) return false;
  }
  return true;
}

template <class T>
bool read_value(Reading& reading, const Path& path, Element value, std::optional<T>& out) {
  if (!read_value(reading, path, value, out.emplace())) return false;
  if constexpr (HasFields<T>) {
    if (*out == T{}) out.reset();  // all that was in it is as absent
  }
  return true;
}

/// The value of a field that is there.
template <class Owner, class Member>
bool read_field(Reading& reading, const Path& path, Element value, const Field<Owner, Member>& field, Member& out) {
  if (!read_value(reading, path, value, out)) return false;
  if constexpr (std::same_as<Member, std::string> || std::same_as<Member, PartyOrText>) {
    if (out.empty()) return reading.refuse(path, "an empty text", fmt::format("text ({})", field.description));
  }
  return true;
}

/// Refuses an object of which a field is required that is not among the bits of `present`.
template <HasFields T>
bool check_required(Reading& reading, const Path& path, std::uint64_t present) {
  std::uint64_t bit = 1;
  bool good = true;
  for_each_field<T>([&](const auto& field) {
    if (good && field.presence == Presence::required && (present & bit) == 0) {
      good = reading.refuse(path.member(field.name, Path::same_place), "nothing",
                            fmt::format("a value, which is required ({})", field.description));
    }
    bit <<= 1;
  });
  return good;
}

/// Calls `visit(field)` for the field at `index`, and returns what it returns.
template <HasFields T, class Visit>
bool visit_field(std::size_t index, Visit&& visit) {
  static constexpr auto table = T::fields();
  bool good = false;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    static_cast<void>(((I == index && (good = visit(std::get<I>(table)), true)) || ...));
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(table)>>{});
  return good;
}

template <HasFields T>
bool read_object(Reading& reading, const Path& path, Element value, T& out) {
  constexpr std::span<const std::string_view> names = names_of_fields<T>;
  static_assert(names.size() <= 64);
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return refuse_type(reading, path, value, "an object");
  std::uint64_t seen = 0, present = 0;
  std::size_t ordinal = 0, likely = 0;
  for (const auto& [name, member] : object) {
    const Path place = path.member(name, ordinal++);
    const std::size_t index = find_name(names, name, likely);
    if (index == names.size()) return refuse_unknown(reading, place, names);
    const std::uint64_t bit = std::uint64_t{1} << index;
    if (seen & bit) return refuse_repeated(reading, place);
    seen |= bit;
    likely = index + 1;
    if (is_absent(member)) continue;
    present |= bit;
    const auto read = [&, &from = member](const auto& field) {
      return read_field(reading, place, from, field, out.*field.member);
    };
    if (!visit_field<T>(index, read)) return false;
  }
  return check_required<T>(reading, path, present);
}

}  // namespace chancery
