#include "core/json/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/json/raw.hpp"

namespace chancery {

using simdjson::dom::element_type;

std::string Path::text() const {
  if (parent == nullptr) return {};
  std::string out = parent->text();
  if (name.empty() && ordinal != same_place) {
    out += fmt::format("[{}]", ordinal);
  } else {
    if (!out.empty()) out += '.';
    out += name;
  }
  return out;
}

bool Reading::refuse(const Path& path, std::string found, std::string allowed) {
  return refuse(path, Error{ErrorKind::refused, {}, std::move(found), std::move(allowed)});
}

bool Reading::refuse(const Path& path, Error error) {
  error.field = path.text();
  if (error.field.empty()) error.field = "line";
  error_ = std::move(error);
  return false;
}

std::string_view Reading::raw(const Path& path) const {
  if (path.parent == nullptr) return line_;
  const std::string_view container = raw(*path.parent);
  return path.ordinal == Path::same_place ? container : raw_child(container, path.ordinal);
}

bool Reading::check_text(const Path& path, std::string_view text) {
  if (!nul_possible_ || text.find('\0') == std::string_view::npos) return true;
  return refuse(path, "the character U+0000", "text without it");
}

bool Reading::check_keys(const Path& path, simdjson::dom::object object) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object) {
    if (!check_text(path, key)) return false;
    keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  const auto repeated = std::adjacent_find(keys.begin(), keys.end());
  if (repeated == keys.end()) return true;
  return refuse(path.member(*repeated, Path::same_place), "the key twice", "each key once in an object");
}

bool Reading::check_free(const Path& path, simdjson::dom::element value) {
  std::size_t ordinal = 0;
  switch (value.type()) {
    case element_type::STRING:
      return check_text(path, value.get_string().value_unsafe());
    case element_type::ARRAY: {
      const simdjson::dom::array list = value.get_array().value_unsafe();
      for (const auto element : list) {
        if (!check_free(path.element(ordinal++), element)) return false;
      }
      return true;
    }
    case element_type::OBJECT: {
      const simdjson::dom::object object = value.get_object().value_unsafe();
      if (!check_keys(path, object)) return false;
      for (const auto& [key, member] : object) {
        if (!check_free(path.member(key, ordinal++), member)) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

bool is_absent(simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return true;
    case element_type::ARRAY: {
      const simdjson::dom::array list = value.get_array().value_unsafe();
      return list.begin() == list.end();
    }
    case element_type::OBJECT: {
      const simdjson::dom::object object = value.get_object().value_unsafe();
      return object.begin() == object.end();
    }
    default:
      return false;
  }
}

std::string described(simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::STRING:
      return quoted(value.get_string().value_unsafe());
    case element_type::INT64:
      return fmt::format("the number {}", value.get_int64().value_unsafe());
    case element_type::UINT64:
      return fmt::format("the number {}", value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return fmt::format("the number {}", value.get_double().value_unsafe());
    case element_type::BOOL:
      return value.get_bool().value_unsafe() ? "true" : "false";
    case element_type::ARRAY:
      return is_absent(value) ? "an empty list" : "a list";
    case element_type::OBJECT:
      return is_absent(value) ? "an empty object" : "an object";
    default:
      return "null";
  }
}

}  // namespace chancery
