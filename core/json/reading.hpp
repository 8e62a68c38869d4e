#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// What the readers of values share: where they are, and the first thing that is wrong.
namespace chancery {

/// Where a value stands: a chain of frames on the stack, so that a path costs nothing until a message names it.
struct Path {
  static constexpr std::size_t same_place = static_cast<std::size_t>(-1);

  const Path* parent = nullptr;
  std::string_view name;             ///< of the member; empty for an element of a list, and at the root
  std::size_t ordinal = same_place;  ///< which of its container's members or elements it is, counted from 0

  Path member(std::string_view member_name, std::size_t member_ordinal) const {
    return {this, member_name, member_ordinal};
  }
  Path element(std::size_t index) const { return {this, {}, index}; }
  /// "data.persons[2]"; empty at the root.
  std::string text() const;
};

/// The reading of one line.
class Reading {
 public:
  /// `line` must be a JSON object that a parser has taken, and must outlive this.
  explicit Reading(std::string_view line)
      : line_(line), nul_possible_(line.find("\\u0000") != std::string_view::npos) {}

  /// Keeps what is wrong; false, so that a reader can return it.
  bool refuse(const Path& path, std::string found, std::string allowed);
  bool refuse(const Path& path, Error error);
  const std::optional<Error>& error() const { return error_; }

  /// The text of the value at `path`. Cost: one pass over the line up to there.
  std::string_view raw(const Path& path) const;
  /// Takes a value, or keeps why it is none.
  template <class T>
  bool take(const Path& path, Result<T>&& result, T& out) {
    if (!result) return refuse(path, std::move(result.error()));
    out = std::move(*result);
    return true;
  }
  /// Refuses a text that holds U+0000.
  bool check_text(const Path& path, std::string_view text);
  /// Refuses U+0000 and a key that comes twice, anywhere inside a value that is kept as it was given.
  bool check_free(const Path& path, simdjson::dom::element value);
  /// Refuses a key that comes twice.
  bool check_keys(const Path& path, simdjson::dom::object object);

 private:
  std::string_view line_;
  std::optional<Error> error_;
  bool nul_possible_;
};

/// Whether a field with this value is the same as one that is not there: null, an empty list, an empty object.
bool is_absent(simdjson::dom::element value);

/// What a message says of a value: `"text"`, `the number 5`, `a list`, `an object`, `true`.
std::string described(simdjson::dom::element value);

}  // namespace chancery
