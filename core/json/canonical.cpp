#include "core/json/canonical.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "core/decimal_digits.hpp"
#include "core/json/raw.hpp"
#include "core/json/writer.hpp"

namespace chancery {
namespace {

void append_exact_number(std::string& out, std::string_view number) {
  const DecimalDigits parts = decimal_digits(number);
  if (parts.digits.empty()) {
    out += '0';
    return;
  }
  if (parts.negative) out += '-';
  out += parts.digits;
  out += 'e';
  append_number(out, parts.exponent - static_cast<std::int64_t>(parts.digits.size()));
}

/// ECMA-262, Number::toString.
void append_ecmascript_number(std::string& out, std::string_view number) {
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  if (value == 0) {
    out += '0';
    return;
  }
  std::array<char, 32> shortest;
  const auto end =
      std::to_chars(shortest.data(), shortest.data() + shortest.size(), value, std::chars_format::scientific).ptr;
  const DecimalDigits parts = decimal_digits({shortest.data(), static_cast<std::size_t>(end - shortest.data())});
  const auto count = static_cast<std::int64_t>(parts.digits.size());
  const auto before_point = parts.exponent;  // the n of the standard
  if (parts.negative) out += '-';
  if (count <= before_point && before_point <= 21) {
    out += parts.digits;
    out.append(static_cast<std::size_t>(before_point - count), '0');
  } else if (0 < before_point && before_point <= 21) {
    out.append(parts.digits, 0, static_cast<std::size_t>(before_point));
    out += '.';
    out.append(parts.digits, static_cast<std::size_t>(before_point));
  } else if (-6 < before_point && before_point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-before_point), '0');
    out += parts.digits;
  } else {
    out += parts.digits.front();
    if (count > 1) out += '.';
    out.append(parts.digits, 1);
    out += before_point > 0 ? "e+" : "e";
    append_number(out, before_point - 1);
  }
}

/// Whether a UTF-8 text comes first by its UTF-16 code units: by its bytes, but that the halves of surrogate pairs
/// (characters of four bytes, F0 and above) sort before U+E000 (EE).
bool before_in_utf16(const std::string& left, const std::string& right) {
  const auto [a, b] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  if (a == left.end() || b == right.end()) return a == left.end() && b != right.end();
  const auto x = static_cast<unsigned char>(*a), y = static_cast<unsigned char>(*b);
  const bool pair_x = x >= 0xf0, pair_y = y >= 0xf0;
  if (pair_x != pair_y) return pair_x ? y >= 0xee : x < 0xee;
  return x < y;
}

template <void (*Number)(std::string&, std::string_view)>
void append_value(std::string& out, std::string_view json) {
  switch (json.front()) {
    case '{': {
      std::vector<std::pair<std::string, std::string_view>> members;
      for (RawItems items(json); items.next();) members.emplace_back(unescaped(items.key()), items.value());
      std::sort(members.begin(), members.end(),
                [](const auto& a, const auto& b) { return before_in_utf16(a.first, b.first); });
      ObjectWriter object(out);
      for (const auto& [name, value] : members) {
        object.free_name(name);
        append_value<Number>(out, value);
      }
      return object.close();
    }
    case '[': {
      char before = '[';
      for (RawItems items(json); items.next(); before = ',') {
        out += before;
        append_value<Number>(out, items.value());
      }
      if (before == '[') out += '[';
      out += ']';
      return;
    }
    case '"':
      return append_string(out, unescaped(json));
    case 't':
    case 'f':
    case 'n':
      out += json;
      return;
    default:
      return Number(out, json);
  }
}

}  // namespace

void append_canonical(std::string& out, std::string_view json) { append_value<append_ecmascript_number>(out, json); }

void append_exact(std::string& out, std::string_view json) { append_value<append_exact_number>(out, json); }

std::string exact_number(std::string_view number) {
  std::string out;
  append_exact_number(out, number);
  return out;
}

}  // namespace chancery
