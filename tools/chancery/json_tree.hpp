#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace chancery::cli {

/// A JSON value that can be changed member by member. What is not touched stays as it was written, down to the digits of its numbers.
class JsonTree {
 public:
  JsonTree() = default;
  /// `raw` is one well-formed JSON value.
  explicit JsonTree(std::string raw) : raw_(std::move(raw)) {}

  /// Nothing has been given.
  bool empty() const { return !open_ && raw_.empty(); }
  bool is_object() const { return open_ || raw_.starts_with('{'); }
  /// How it is written, if it has not been opened.
  std::string_view raw() const { return raw_; }

  /// The member of that name, made (empty) at the end where there is none. There must be an object, or nothing yet.
  JsonTree& member(std::string_view name);
  bool has(std::string_view name);
  void remove(std::string_view name);
  /// Appends it to `out`. Members that are empty are left out; the tree itself must not be.
  void write(std::string& out) const;

 private:
  void open();

  std::string raw_;  // minified; of no use once it is open
  bool open_ = false;
  std::deque<std::pair<std::string, JsonTree>> members_;
};

}  // namespace chancery::cli
