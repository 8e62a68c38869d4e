#include "core/json/raw.hpp"

#include <simdjson.h>

#include <cassert>
#include <charconv>
#include <cstdint>

namespace chancery {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool ends_scalar(char c) { return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':'; }

void skip_space(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_space(text[length])) ++length;
  text.remove_prefix(length);
}

/// The length of the string that `text` begins with, its quotes included.
std::size_t string_length(std::string_view text) {
  std::size_t at = 1;
  while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

/// The length of the value that `text` begins with.
std::size_t value_length(std::string_view text) {
  if (text.front() == '"') return string_length(text);
  std::size_t at = 0;
  if (text.front() != '{' && text.front() != '[') {
    while (at < text.size() && !ends_scalar(text[at])) ++at;
    return at;
  }
  std::size_t depth = 0;
  do {
    const char c = text[at];
    if (c == '"') {
      at += string_length(text.substr(at));
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  } while (depth > 0);
  return at;
}

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + 4, value, 16);
  return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  const auto continuation = [&](unsigned shift) { byte(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0U | (code >> 6));
    continuation(0);
  } else if (code < 0x10000) {
    byte(0xe0U | (code >> 12));
    continuation(6);
    continuation(0);
  } else {
    byte(0xf0U | (code >> 18));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

}  // namespace

RawItems::RawItems(std::string_view container) : rest_(container) {
  skip_space(rest_);
  assert(!rest_.empty() && (rest_.front() == '{' || rest_.front() == '['));
  object_ = rest_.front() == '{';
  rest_.remove_prefix(1);
}

bool RawItems::next() {
  skip_space(rest_);
  if (rest_.front() == ',') {
    rest_.remove_prefix(1);
    skip_space(rest_);
  }
  if (rest_.front() == '}' || rest_.front() == ']') return false;
  if (object_) {
    key_ = rest_.substr(0, string_length(rest_));
    rest_.remove_prefix(key_.size());
    skip_space(rest_);
    rest_.remove_prefix(1);  // the colon
    skip_space(rest_);
  }
  value_ = rest_.substr(0, value_length(rest_));
  rest_.remove_prefix(value_.size());
  return true;
}

std::string_view raw_child(std::string_view container, std::size_t ordinal) {
  RawItems items(container);
  for (std::size_t i = 0; i <= ordinal; ++i) {
    const bool there = items.next();
    assert(there);
    static_cast<void>(there);
  }
  return items.value();
}

void append_minified(std::string& out, std::string_view value) {
  const std::size_t before = out.size();
  out.resize(before + value.size() + simdjson::SIMDJSON_PADDING);
  std::size_t length = 0;
  const auto error = simdjson::minify(value.data(), value.size(), out.data() + before, length);
  assert(error == simdjson::SUCCESS);
  static_cast<void>(error);
  out.resize(before + length);
}

std::string unescaped(std::string_view quoted_text) {
  std::string out;
  auto text = quoted_text.substr(1, quoted_text.size() - 2);
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = std::min(text.find('\\'), text.size());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text[1];
    if (c != 'u') {
      constexpr std::string_view letters = "bfnrt", meanings = "\b\f\n\r\t";
      const auto index = letters.find(c);
      out += index == std::string_view::npos ? c : meanings[index];
      text.remove_prefix(2);
      continue;
    }
    std::uint32_t code = hex4(text.substr(2));
    text.remove_prefix(6);
    if (code >= 0xd800 && code < 0xdc00) {
      code = 0x10000 + ((code - 0xd800) << 10) + (hex4(text.substr(2)) - 0xdc00);
      text.remove_prefix(6);
    }
    append_utf8(out, code);
  }
  return out;
}

}  // namespace chancery
