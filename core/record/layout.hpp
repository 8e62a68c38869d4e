#pragma once

#include <string>
#include <string_view>

#include "core/record/types.hpp"

/// What the bytes of a type look like, as text. What one program has kept another can read if their layouts are equal.
namespace chancery {

/// The layout of T in records of `version`, such as "{what:text about:optional(text)}". Structs name their fields,
/// enums their words.
template <class T>
std::string layout(std::uint32_t version = RecordReader::newest);

namespace stored {
template <class... T>
std::string layout_of_parts(std::string_view name, std::uint32_t version) {
  std::string out(name);
  char between = '(';
  ((out += between, out += layout<T>(version), between = ' '), ...);
  return out + ')';
}

template <class T>
struct LayoutOfHolder;  // not defined: a type that the archives do not know
template <class T>
struct LayoutOfHolder<std::optional<T>> {
  static std::string of(std::uint32_t version) { return layout_of_parts<T>("optional", version); }
};
template <class T>
struct LayoutOfHolder<std::vector<T>> {
  static std::string of(std::uint32_t version) { return layout_of_parts<T>("list", version); }
};
template <class T>
struct LayoutOfHolder<std::set<T>> {
  static std::string of(std::uint32_t version) { return layout_of_parts<T>("set", version); }
};
template <class Key, class T>
struct LayoutOfHolder<std::map<Key, T>> {
  static std::string of(std::uint32_t version) { return layout_of_parts<Key, T>("map", version); }
};
template <class... T>
struct LayoutOfHolder<std::variant<T...>> {
  static std::string of(std::uint32_t version) { return layout_of_parts<T...>("variant", version); }
};

template <class Owner, class Member>
void append_field(std::string& out, const Field<Owner, Member>& field, std::uint32_t version) {
  if (field.since > version) return;
  if (out.back() != '{') out += ' ';
  out.append(field.name).append(":").append(layout<Member>(version));
}
}  // namespace stored

template <class T>
std::string layout(std::uint32_t version) {
  if constexpr (StoredStruct<T>) {
    std::string out = "{";
    std::apply([&](const auto&... field) { (stored::append_field(out, field, version), ...); }, Stored<T>::fields());
    return out + '}';
  } else if constexpr (HasWords<T>) {
    std::string out = "words(";
    for (const std::string_view word : Words<T>::list) (out += word) += ' ';
    out.back() = ')';
    return out;
  } else if constexpr (std::is_same_v<T, std::string> || stored::is_name<T>) {
    return "text";
  } else if constexpr (std::is_same_v<T, Id>) {
    return "id";
  } else if constexpr (std::is_same_v<T, Count>) {
    return "count";
  } else if constexpr (std::is_same_v<T, Range>) {
    return "range";
  } else if constexpr (std::is_same_v<T, Instant>) {
    return "instant";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? "signed" : "unsigned";
  } else {
    return stored::LayoutOfHolder<T>::of(version);
  }
}

}  // namespace chancery
