#include "core/json/diagnose.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <optional>
#include <vector>

namespace chancery {
namespace {

constexpr std::string_view json_rule = "one JSON object, such as {\"type\": \"call.held\", ...}";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The first byte that belongs to no character.
std::size_t first_broken_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const auto character = text.substr(at, length);
    if (!simdjson::validate_utf8(character.data(), character.size())) return at;
    at += length;
  }
  return text.size();
}

/// Reads a line by the grammar of RFC 8259 until it does not fit. Each step returns whether it fitted.
class Diagnosis {
 public:
  explicit Diagnosis(std::string_view text) : text_(text) {}

  std::optional<Error> run() {
    skip_space();
    if (at_ == text_.size()) {
      wrong("nothing", std::string(json_rule));
    } else if (value()) {
      skip_space();
      if (at_ < text_.size()) wrong(fmt::format("more after its end, at byte {}", at_ + 1), std::string(json_rule));
    }
    return std::move(error_);
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool wrong(std::string found, std::string allowed) {
    std::string field;
    for (const std::string& part : path_) {
      if (!field.empty() && !part.starts_with('[')) field += '.';
      field += part;
    }
    error_ = Error{ErrorKind::refused, field.empty() ? "line" : field, std::move(found), std::move(allowed)};
    return false;
  }

  bool unexpected(std::string allowed) {
    if (at_ >= text_.size()) return wrong("the end of the line", std::move(allowed));
    return wrong(fmt::format("'{}' at byte {}", text_[at_], at_ + 1), std::move(allowed));
  }

  bool value() {
    switch (next()) {
      case '{':
        return nested(&Diagnosis::members);
      case '[':
        return nested(&Diagnosis::elements);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool nested(bool (Diagnosis::*inside)()) {
    if (++depth_ > json_depth_max) return wrong("deeper nesting", fmt::format("at most {} levels", json_depth_max));
    ++at_;
    const bool good = (this->*inside)();
    --depth_;
    return good;
  }

  bool members() {
    skip_space();
    if (next() == '}') return ++at_, true;
    while (true) {
      const std::size_t begin = at_;
      if (next() != '"') return unexpected("a name in double quotes");
      if (!string()) return false;
      path_.emplace_back(text_.substr(begin + 1, at_ - begin - 2));
      skip_space();
      if (next() != ':') return unexpected("a colon after the name");
      ++at_;
      skip_space();
      if (!value()) return false;
      path_.pop_back();
      if (const auto more = next_item('}')) return *more;
    }
  }

  bool elements() {
    skip_space();
    if (next() == ']') return ++at_, true;
    for (std::size_t index = 0;; ++index) {
      path_.push_back(fmt::format("[{}]", index));
      if (!value()) return false;
      path_.pop_back();
      if (const auto more = next_item(']')) return *more;
    }
  }

  /// After an item: nothing if another follows, else whether the container ended well.
  std::optional<bool> next_item(char end) {
    skip_space();
    if (next() == end) return ++at_, true;
    if (next() != ',') return unexpected(fmt::format("a comma or {}", end));
    ++at_;
    skip_space();
    return {};
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return unexpected("a JSON value");
    at_ += word.size();
    return true;
  }

  bool string() {
    for (++at_; next() != '"';) {
      if (at_ >= text_.size()) return wrong("text without an end", "a double quote at its end");
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20)
        return wrong(fmt::format("the control character U+{:04X} at byte {}", byte, at_ + 1), "its escape");
      if (byte != '\\') {
        ++at_;
      } else if (!escape()) {
        return false;
      }
    }
    ++at_;
    return true;
  }

  /// The code of the escape that begins here, `\u` and four hexadecimal digits, if there is one.
  std::optional<unsigned> code_unit() const {
    const auto digits = text_.substr(std::min(at_, text_.size()), 6);
    if (digits.size() < 6 || !digits.starts_with("\\u")) return {};
    for (const char c : digits.substr(2)) {
      if (!is_hex(c)) return {};
    }
    unsigned code = 0;
    std::from_chars(digits.data() + 2, digits.data() + 6, code, 16);
    return code;
  }

  bool escape() {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos || c == '\0') {
        return wrong(fmt::format("an escape that JSON does not have, at byte {}", at_ + 1),
                     R"(\" \\ \/ \b \f \n \r \t \uXXXX)");
      }
      at_ += 2;
      return true;
    }
    const auto first = code_unit();
    if (!first) return wrong(fmt::format("\\u without four hexadecimal digits at byte {}", at_ + 1), "\\uXXXX");
    at_ += 6;
    if (*first < 0xd800 || *first > 0xdfff) return true;
    const auto second = code_unit();
    if (*first >= 0xdc00 || !second || *second < 0xdc00 || *second > 0xdfff) {
      return wrong(fmt::format("half of a surrogate pair, \\u{:04x}, at byte {}", *first, at_ - 5), "both halves");
    }
    at_ += 6;
    return true;
  }

  bool digits() {
    if (!is_digit(next())) return false;
    while (is_digit(next())) ++at_;
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    if (next() == '-') ++at_;
    const bool zero = next() == '0';
    const std::size_t first = at_;
    if (!digits()) return at_ = begin, unexpected("a JSON value");
    if (zero && at_ > first + 1)
      return wrong("a number that begins with 0: " + quoted(written(begin)), "no zeros before a number");
    bool whole = true;
    if (next() == '.') {
      whole = false;
      ++at_;
      if (!digits()) return unexpected("digits after the point");
    }
    if (next() == 'e' || next() == 'E') {
      whole = false;
      ++at_;
      if (next() == '+' || next() == '-') ++at_;
      if (!digits()) return unexpected("digits after the e");
    }
    return in_range(written(begin), whole);
  }

  std::string_view written(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  bool in_range(std::string_view number, bool whole) {
    const char *begin = number.data(), *end = begin + number.size();
    if (!whole) {
      double real = 0;
      const bool huge = std::from_chars(begin, end, real).ec == std::errc::result_out_of_range &&
                        number.find('-', 1) == std::string_view::npos;
      return !huge || wrong("the number " + shortened(number), "numbers up to 1.7e308");
    }
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    const bool fits = number.starts_with('-') ? std::from_chars(begin, end, negative).ec == std::errc()
                                              : std::from_chars(begin, end, positive).ec == std::errc();
    return fits || wrong("the whole number " + shortened(number) + ", beyond 64 bits",
                         "-9223372036854775808 to 18446744073709551615");
  }

  static std::string shortened(std::string_view number) {
    constexpr std::size_t digits_max = 60;
    return number.size() <= digits_max ? std::string(number) : fmt::format("{}...", number.substr(0, digits_max));
  }

  std::string_view text_;
  std::size_t at_ = 0, depth_ = 0;
  std::vector<std::string> path_;
  std::optional<Error> error_;
};

}  // namespace

Error diagnose(std::string_view line, std::string_view otherwise) {
  if (!simdjson::validate_utf8(line.data(), line.size())) {
    return {ErrorKind::refused, "line",
            fmt::format("a byte that is not UTF-8, at byte {}", first_broken_byte(line) + 1), "UTF-8"};
  }
  if (auto error = Diagnosis(line).run()) return std::move(*error);
  return {ErrorKind::refused, "line", std::string(otherwise), std::string(json_rule)};
}

}  // namespace chancery
