#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// JSON as text, for what a parser would lose: the digits of a number, the members that are kept as they were given.
/// Everything here expects one well-formed value, as a parser has already found it to be.
namespace chancery {

/// Walks through the members of an object or the elements of a list, in the order of the text. Cost: one pass over the
/// text.
///   for (RawItems items(text); items.next();) use(items.key(), items.value());
class RawItems {
 public:
  explicit RawItems(std::string_view container);
  bool next();
  /// The name of the member as written, in its quotes; empty in a list.
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  std::string_view rest_, key_, value_;
  bool object_;
};

/// The value of the member or element at `ordinal`, counted from 0; there must be one.
std::string_view raw_child(std::string_view container, std::size_t ordinal);

/// Appends the value without the white space between its parts.
void append_minified(std::string& out, std::string_view value);

/// What a JSON string, given in its quotes, says.
std::string unescaped(std::string_view quoted_text);

}  // namespace chancery
