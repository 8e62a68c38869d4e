#pragma once

#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <variant>

#include "core/event.hpp"
#include "core/fields.hpp"
#include "core/json/envelope.hpp"

/// Which members of a struct are stored, and when one of them is blank (core/record/archive.hpp).
namespace chancery {

/// The members of T that are stored, a tuple of Field; specialised where that is more than T::fields() shows.
template <class T>
struct Stored {
  static constexpr auto fields() requires HasFields<T> { return T::fields(); }
};
template <class T>
concept StoredStruct = requires {
  Stored<T>::fields();
};

/// A place given as text alone is not one given as an object with a name alone.
template <>
struct Stored<Place> {
  static constexpr auto fields() {
    return std::tuple_cat(Place::fields(), std::tuple{required("only_name", &Place::only_name, "")});
  }
};

template <>
struct Stored<ActionObserved> {
  static constexpr auto fields() {
    return std::tuple_cat(ActionObserved::fields(), std::tuple{required("rest", &ActionObserved::rest, "")});
  }
};

/// An event without its type, payload and visibility: a record has those elsewhere (core/record/record.cpp).
template <>
struct Stored<Event> {
  template <class T>
  static constexpr auto one(const T&) {
    return std::tuple{};
  }
  template <class Member>
  static constexpr auto one(const Field<Event, Member>& field) {
    if constexpr (std::is_same_v<Member, std::optional<Visibility>>) {
      return std::tuple{};
    } else {
      return std::tuple{field};
    }
  }
  static constexpr auto fields() {
    return std::apply([](const auto&... field) { return std::tuple_cat(one(field)...); }, envelope_fields());
  }
};

namespace stored {
template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

/// Calls `visit(member, field)` for each stored member of `value`, which may be const.
template <class T, class Visit>
void for_each_member(T& value, Visit&& visit) {
  static constexpr auto fields = Stored<std::remove_const_t<T>>::fields();
  static_assert(std::tuple_size_v<decltype(fields)> <= 64, "presence is kept in 64 bits");
  std::apply([&](const auto&... field) { (visit(value.*field.member, field), ...); }, fields);
}

/// Whether a value is its type's blank, which is not written as a member of a struct.
template <class T>
bool blank(const T& value) {
  if constexpr (is_optional<T>) {
    return !value.has_value();
  } else if constexpr (StoredStruct<T>) {
    bool all = true;
    for_each_member(value, [&](const auto& member, const auto&) { all = all && blank(member); });
    return all;
  } else if constexpr (requires { value.text.empty(); }) {
    return value.text.empty();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else if constexpr (requires { value.index(); }) {
    return value.index() == 0 && blank(std::get<0>(value));
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::uint64_t>(value) == 0;
  } else {
    return value == T{};
  }
}

template <class T>
void make_blank(T& value) {
  if constexpr (is_optional<T>) {
    value.reset();
  } else if constexpr (StoredStruct<T>) {
    for_each_member(value, [](auto& member, const auto&) { make_blank(member); });
  } else if constexpr (requires { value.text.clear(); }) {
    value.text.clear();
  } else if constexpr (requires { value.clear(); }) {
    value.clear();
  } else if constexpr (requires { value.index(); }) {
    make_blank(value.template emplace<0>());
  } else {
    value = T{};
  }
}
}  // namespace stored
}  // namespace chancery
