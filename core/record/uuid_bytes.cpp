#include "core/record/uuid_bytes.hpp"

#include <cassert>

namespace chancery {
namespace {

constexpr std::size_t text_size = 36;
constexpr std::string_view digits = "0123456789abcdef";

constexpr bool hyphen_at(std::size_t place) { return place == 8 || place == 13 || place == 18 || place == 23; }

/// 0 to 15, or -1 for what is no lower-case digit.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<UuidBytes> uuid_bytes(std::string_view text) {
  if (text.size() != text_size) return std::nullopt;
  UuidBytes bytes;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text_size;) {
    if (hyphen_at(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[count++] = static_cast<char>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  assert(bytes.size() == sizeof(UuidBytes));
  std::string text(text_size, '-');
  std::size_t place = 0;
  for (const char c : bytes) {
    if (hyphen_at(place)) ++place;
    const auto byte = static_cast<unsigned char>(c);
    text[place++] = digits[byte >> 4];
    text[place++] = digits[byte & 15];
  }
  return text;
}

}  // namespace chancery
