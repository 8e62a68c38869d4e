#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The parts that JSON is written from. All append to `out`; nothing is checked.
namespace chancery {

/// A string in its quotes, with the fewest escapes JSON allows (those of RFC 8785).
void append_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t number);
void append_number(std::string& out, std::int64_t number);

/// Writes the members of one object: a comma where it is needed, the name, a colon; the value is for the caller to
/// append.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  /// `name` is a name from a table of fields: plain ASCII.
  void name(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  /// `name` may be any text.
  void free_name(std::string_view name) {
    comma();
    append_string(out_, name);
    out_ += ':';
  }
  /// Members that are written already, without the braces around them.
  void members(std::string_view text) {
    if (text.empty()) return;
    comma();
    out_ += text;
  }
  bool empty() const { return empty_; }
  std::string& out() { return out_; }
  void close() { out_ += '}'; }

 private:
  void comma() {
    if (!empty_) out_ += ',';
    empty_ = false;
  }

  std::string& out_;
  bool empty_ = true;
};

}  // namespace chancery
