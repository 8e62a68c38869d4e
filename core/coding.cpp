#include "core/coding.hpp"

#include <algorithm>
#include <limits>

namespace chancery {
namespace {

constexpr std::int64_t tenths_max = std::numeric_limits<std::int64_t>::max();
/// Beyond this an exponent decides alone: the digits of a line cannot bring the number back.
constexpr std::int64_t exponent_max = 1'000'000'000;

/// A decimal as digits and the number of those before the point, which may be negative or beyond the digits.
struct Digits {
  std::string digits;
  std::int64_t before_point = 0;
  bool negative = false;
};

Digits split(std::string_view text) {
  Digits out;
  if (text.starts_with('-')) {
    out.negative = true;
    text.remove_prefix(1);
  }
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  out.digits.append(mantissa.substr(0, point));
  if (point < mantissa.size()) out.digits.append(mantissa.substr(point + 1));
  out.before_point = static_cast<std::int64_t>(point);
  if (mantissa.size() == text.size()) return out;
  auto exponent = text.substr(mantissa.size() + 1);
  const bool down = exponent.starts_with('-');
  if (exponent.starts_with('-') || exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : exponent) value = std::min(value * 10 + (c - '0'), exponent_max);
  out.before_point += down ? -value : value;
  return out;
}

}  // namespace

std::int64_t tenths(const Decimal& decimal) {
  const Digits parts = split(decimal.text);
  // Ten times the number has one digit more before its point.
  const std::int64_t whole = parts.before_point + 1;
  const auto digit = [&](std::int64_t index) {
    const bool written = index >= 0 && index < static_cast<std::int64_t>(parts.digits.size());
    return written ? parts.digits[static_cast<std::size_t>(index)] - '0' : 0;
  };
  const auto first = parts.digits.find_first_not_of('0');
  if (first == std::string::npos) return 0;
  std::int64_t value = 0;
  for (auto index = static_cast<std::int64_t>(first); index < whole; ++index) {
    if (value > (tenths_max - 9) / 10) return parts.negative ? -tenths_max - 1 : tenths_max;
    value = value * 10 + digit(index);
  }
  if (digit(whole) >= 5 && value < tenths_max) ++value;
  return parts.negative ? -value : value;
}

}  // namespace chancery
