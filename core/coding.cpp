#include "core/coding.hpp"

#include <limits>

#include "core/decimal_digits.hpp"

namespace chancery {
namespace {

constexpr std::int64_t tenths_max = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::int64_t tenths(const Decimal& decimal) {
  const DecimalDigits parts = decimal_digits(decimal.text);
  if (parts.digits.empty()) return 0;
  // Ten times the number has one digit more before its point.
  const std::int64_t whole = parts.exponent + 1;
  const auto digit = [&](std::int64_t index) {
    const bool written = index >= 0 && index < static_cast<std::int64_t>(parts.digits.size());
    return written ? parts.digits[static_cast<std::size_t>(index)] - '0' : 0;
  };
  std::int64_t value = 0;
  for (std::int64_t index = 0; index < whole; ++index) {
    if (value > (tenths_max - 9) / 10) return parts.negative ? -tenths_max - 1 : tenths_max;
    value = value * 10 + digit(index);
  }
  if (digit(whole) >= 5 && value < tenths_max) ++value;
  return parts.negative ? -value : value;
}

}  // namespace chancery
