#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/count.hpp"
#include "core/event.hpp"
#include "core/fields.hpp"

/// What each type of member is called, and which values it takes: for the schema, in both of its forms.
namespace chancery {

/// How a kind of value is told.
struct Kind {
  std::string_view name;     ///< for people
  std::string_view schema;   ///< for machines: the members of a JSON Schema, without the braces
  std::string_view allowed;  ///< for people, where the name does not say it
  bool text = true;          ///< a JSON string
};

template <class T>
struct KindOf;

template <>
struct KindOf<std::string> {
  static constexpr Kind kind{"text", R"("type":"string")", ""};
};
template <>
struct KindOf<bool> {
  static constexpr Kind kind{"true or false", R"("type":"boolean")", "", false};
};
template <>
struct KindOf<std::uint64_t> {
  static constexpr Kind kind{"whole number", R"("type":"integer","minimum":0,"maximum":18446744073709551615)", "from 0",
                             false};
};
template <>
struct KindOf<Decimal> {
  static constexpr Kind kind{"number", R"("type":"number")", "", false};
};
template <>
struct KindOf<Count> {
  static constexpr Kind kind{
      "count",
      R"("anyOf":[{"type":"integer","minimum":0,"maximum":1000000000000},{"type":"array","prefixItems":[)"
      R"({"type":"integer","minimum":0,"maximum":1000000000000},)"
      R"({"type":["integer","null"],"minimum":0,"maximum":1000000000000}],"items":false,"minItems":2}])",
      "n or [low, high], up to 1e12, high null for at least", false};
};
template <>
struct KindOf<Party> {
  static constexpr Kind kind{
      "party",
      R"("type":"string","pattern":"^(state:[A-Z]{3}|(polity|person|org|group|aircraft|vessel):[a-z0-9._-]{1,64})$")",
      "state:ISO, or polity: person: org: group: aircraft: vessel: and a slug, 1-64 of [a-z0-9._-]"};
};
template <>
struct KindOf<Slug> {
  static constexpr Kind kind{"slug", R"("type":"string","pattern":"^[a-z0-9._-]{1,64}$")", "1-64 of [a-z0-9._-]"};
};
template <>
struct KindOf<LongSlug> {
  static constexpr Kind kind{"name", R"("type":"string","maxLength":128,"pattern":"^[a-z0-9._-]+(/[a-z0-9._-]+)*$")",
                             "1-128 of [a-z0-9._-/], / not first, last or twice in a row"};
};
template <>
struct KindOf<Id> {
  static constexpr Kind kind{"id", R"("type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}$")",
                             "a UUID, or 1-64 of [A-Za-z0-9._:/@-]"};
};
template <>
struct KindOf<Country> {
  static constexpr Kind kind{"country", R"("type":"string","pattern":"^[A-Z]{3}$")",
                             "ISO 3166-1 alpha-3, a former one of 3166-3, or XKX"};
};
template <>
struct KindOf<Date> {
  static constexpr Kind kind{"date", R"("type":"string","minLength":1)", "EDTF"};
};
template <>
struct KindOf<PartyOrText> {
  static constexpr Kind kind{"party or text", R"("type":"string")", ""};
};
template <>
struct KindOf<Json> {
  static constexpr Kind kind{"object", R"("type":"object")", "any JSON object", false};
};

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

/// A member's type without the std::optional or std::vector around it.
template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> {
  using type = T;
};
template <class T>
struct Inner<std::vector<T>> {
  using type = T;
};

/// Whether an object of this kind may also be given as a string alone.
template <class T>
constexpr bool also_text = std::same_as<T, Role> || std::same_as<T, Place> || std::same_as<T, Source>;

}  // namespace chancery
