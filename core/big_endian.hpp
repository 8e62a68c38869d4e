#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chancery {

/// Appends a number's bytes, most significant first, so that bytewise order is the order of numbers.
template <class Number>
void append_big_endian(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
  }
}

/// The number at `from` in `bytes`, which has all of its bytes.
template <class Number>
Number big_endian_at(std::string_view bytes, std::size_t from = 0) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number << 8 | static_cast<std::uint8_t>(bytes[from + i]));
  }
  return number;
}

}  // namespace chancery
