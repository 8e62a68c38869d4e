#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/fields.hpp"
#include "core/json/envelope.hpp"

/// How the value of a field is written on a command line: what the tables of fields say, for those who do not know the types.
namespace chancery::cli {

struct Member;

struct Shape {
  bool text = false;  ///< a value is text, unless it is a JSON list or object; else it must be JSON
  bool free = false;  ///< JSON where it is JSON, else text; has any members
  bool list = false;
  std::span<const Member> members;     ///< of an object
  const Shape* any_member = nullptr;   ///< of an object with members of any name
  std::string_view text_member;        ///< what a text stands for where an object is meant: {text_member: text}
  bool is_object() const { return free || !members.empty() || any_member != nullptr; }
};

struct Member {
  std::string_view name;
  Shape shape;
};

namespace shape_detail {

template <class T>
struct Inside {
  using type = T;
};
template <class T>
struct Inside<std::optional<T>> {
  using type = T;
};
template <class T>
struct Inside<std::vector<T>> {
  using type = T;
};
template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;
template <class T>
concept JsonOnly = std::same_as<T, bool> || std::same_as<T, std::uint64_t> || std::same_as<T, Decimal> || std::same_as<T, Count>;

/// What a text stands for where the type may be text or an object; empty for a type that is never text.
template <class T>
constexpr std::string_view short_member = "";
template <>
inline constexpr std::string_view short_member<Role> = "party";
template <>
inline constexpr std::string_view short_member<Place> = "name";
template <>
inline constexpr std::string_view short_member<Source> = "url";

}  // namespace shape_detail

template <HasFields T>
std::span<const Member> members_of();
template <class T>
const Shape& static_shape();

template <class Field>
Shape shape_of() {
  namespace detail = shape_detail;
  using T = typename detail::Inside<Field>::type;
  Shape shape;
  shape.list = detail::is_list<Field>;
  if constexpr (std::same_as<T, Json>) {
    shape.free = true;
  } else if constexpr (requires { typename T::mapped_type; }) {
    shape.any_member = &static_shape<typename T::mapped_type>();
  } else if constexpr (HasFields<T>) {
    shape.members = members_of<T>();
    shape.text_member = detail::short_member<T>;
    shape.text = !shape.text_member.empty();
    if constexpr (std::same_as<T, ActionObserved>) shape.any_member = &static_shape<Json>();
  } else {
    shape.text = !detail::JsonOnly<T>;
  }
  return shape;
}

template <class T>
const Shape& static_shape() {
  static const Shape shape = shape_of<T>();
  return shape;
}

template <HasFields T>
std::span<const Member> members_of() {
  static const std::vector<Member> members = [] {
    std::vector<Member> list;
    for_each_field<T>([&](const auto& field) {
      list.push_back({field.name, shape_of<std::decay_t<decltype(std::declval<T>().*field.member)>>()});
    });
    return list;
  }();
  return members;
}

/// The fields of the envelope but `data`, and the output fields, which the reader refuses with a reason.
std::span<const Member> envelope_members();
/// What `data` is in events of that type; nothing where there is no such type.
const Shape* data_shape(std::string_view type);
/// The names of all types.
std::span<const std::string_view> type_names();

}  // namespace chancery::cli
