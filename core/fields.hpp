#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

/// One list of fields for each struct, from which its record, JSON, schema, validation and CSV all come.
/// A struct takes part by `static constexpr auto fields()` that returns a std::tuple of Field.
namespace chancery {

enum class Presence : std::uint8_t {
  required,  ///< input: refused where missing, null or empty
  optional,  ///< left out of JSON where absent or empty
  shown,     ///< always in JSON: null or empty where nothing is known (states of views)
};

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
  Presence presence;
  std::string_view description;
  std::uint32_t since = 1;  ///< the record version that first had it (core/record/archive.hpp)

  /// The same field, which records before `version` do not have.
  constexpr Field first_in(std::uint32_t version) const {
    Field field = *this;
    field.since = version;
    return field;
  }
};

template <class Owner, class Member>
constexpr auto required(std::string_view name, Member Owner::*member, std::string_view description) {
  return Field<Owner, Member>{name, member, Presence::required, description};
}
template <class Owner, class Member>
constexpr auto optional(std::string_view name, Member Owner::*member, std::string_view description) {
  return Field<Owner, Member>{name, member, Presence::optional, description};
}
template <class Owner, class Member>
constexpr auto shown(std::string_view name, Member Owner::*member, std::string_view description = "") {
  return Field<Owner, Member>{name, member, Presence::shown, description};
}

template <class T>
concept HasFields = requires { T::fields(); };

/// Calls `visit(field)` for each field of T, in the order of the documents.
template <HasFields T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, T::fields());
}

/// The words of an enumeration, in the order of its values from 0. Specialised beside each enum.
template <class Enum>
struct Words;

template <class Enum>
concept HasWords = requires { Words<Enum>::list; };

template <HasWords Enum>
constexpr std::string_view word(Enum value) {
  return Words<Enum>::list[static_cast<std::size_t>(value)];
}

}  // namespace chancery
