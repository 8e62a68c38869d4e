#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chancery {

/// Digits d1 d2 ... dn with d1 and dn not 0, and the exponent e of 0.d1d2...dn x 10^e; no digits: zero.
struct DecimalDigits {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};

/// From any JSON number. Exponents beyond 18 digits are cut: no line has numbers that differ there.
DecimalDigits decimal_digits(std::string_view number);

/// Whether a JSON number is from `least` to `most`, to its last digit.
bool is_within(std::string_view number, std::int64_t least, std::int64_t most);

/// The whole number from 0 that a JSON number is, however it is written; nothing where it is none, or is beyond 64 bits.
std::optional<std::uint64_t> whole_number(std::string_view number);

}  // namespace chancery
