#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chancery {

/// What the JSON at a path of a state is, where it is not null.
enum class StateKind : std::uint8_t { text, word, number, truth, list, list_of_objects, object, any };

/// A field that a view's states may have.
struct StatePath {
  std::string path;  ///< dotted; one that ends in `.*` stands for whatever names it has below
  StateKind kind = StateKind::any;
  std::span<const std::string_view> words = {};  ///< of a word: all that it may be
  std::string_view description = {};
};

}  // namespace chancery
