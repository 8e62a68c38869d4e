#include "core/decimal_digits.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>

namespace chancery {

DecimalDigits decimal_digits(std::string_view number) {
  DecimalDigits out;
  if (number.starts_with('-')) {
    out.negative = true;
    number.remove_prefix(1);
  }
  const auto mantissa = number.substr(0, number.find_first_of("eE"));
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  out.digits = mantissa.substr(0, point);
  if (point < mantissa.size()) out.digits += mantissa.substr(point + 1);
  if (mantissa.size() < number.size()) {
    auto written = number.substr(mantissa.size() + 1);
    const bool down = written.starts_with('-');
    if (down || written.starts_with('+')) written.remove_prefix(1);
    written.remove_prefix(std::min(written.find_first_not_of('0'), written.size()));
    written = written.substr(0, 18);
    std::from_chars(written.data(), written.data() + written.size(), out.exponent);
    if (down) out.exponent = -out.exponent;
  }
  out.exponent += static_cast<std::int64_t>(point);
  const auto first = std::min(out.digits.find_first_not_of('0'), out.digits.size());
  out.digits.erase(0, first);
  out.exponent -= static_cast<std::int64_t>(first);
  out.digits.erase(out.digits.find_last_not_of('0') + 1);
  return out;
}

namespace {

/// Whether `a` is less than `b`.
bool is_less(const DecimalDigits& a, const DecimalDigits& b) {
  const auto is_below_zero = [](const DecimalDigits& one) { return one.negative && !one.digits.empty(); };
  if (is_below_zero(a) != is_below_zero(b)) return is_below_zero(a);
  const auto is_smaller = [](const DecimalDigits& one, const DecimalDigits& other) {
    if (one.digits.empty() || other.digits.empty()) return one.digits.empty() && !other.digits.empty();
    return std::tie(one.exponent, one.digits) < std::tie(other.exponent, other.digits);
  };
  return is_below_zero(a) ? is_smaller(b, a) : is_smaller(a, b);
}

}  // namespace

bool is_within(std::string_view number, std::int64_t least, std::int64_t most) {
  const DecimalDigits exact = decimal_digits(number);
  return !is_less(exact, decimal_digits(std::to_string(least))) && !is_less(decimal_digits(std::to_string(most)), exact);
}

std::optional<std::uint64_t> whole_number(std::string_view number) {
  const DecimalDigits exact = decimal_digits(number);
  if (exact.digits.empty()) return 0;
  const auto count = static_cast<std::int64_t>(exact.digits.size());
  if (exact.negative || exact.exponent < count || exact.exponent > std::numeric_limits<std::uint64_t>::digits10 + 1) return std::nullopt;
  std::string digits = exact.digits;
  digits.append(static_cast<std::size_t>(exact.exponent - count), '0');
  std::uint64_t whole = 0;
  const bool fits = std::from_chars(digits.data(), digits.data() + digits.size(), whole).ec == std::errc();
  return fits ? std::optional(whole) : std::nullopt;
}

}  // namespace chancery
