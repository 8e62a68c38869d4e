#include "tools/format/text.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace chancery {
namespace {

constexpr std::string_view ellipsis = "…", replacement = "\xef\xbf\xbd";

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

/// The first character of `text`, which is not empty.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
  if (bytes <= 1 || bytes > text.size()) return {lead, 1};
  std::uint32_t code = lead & (0x7fU >> bytes);
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xc0U) != 0x80) return {lead, 1};
    code = code << 6 | (byte(at) & 0x3fU);
  }
  return {code, bytes};
}

struct Block {
  std::uint32_t first, last;
};

constexpr bool lies_in(std::uint32_t code, const auto& blocks) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) { return code >= block.first && code <= block.last; });
}

/// The blocks of Unicode that take no column, and those that take two (after UAX #11), as far as names and news use them.
constexpr std::array<Block, 20> combining{{{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05c7}, {0x0610, 0x061a},
                                           {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x0900, 0x0902},
                                           {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
                                           {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
constexpr std::array<Block, 11> wide{{{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
                                      {0xa000, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
                                      {0x1f300, 0x3fffd}}};
/// Controls, and what turns the direction of the text after it.
constexpr std::array<Block, 5> commanding{{{0x00, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}}};

std::size_t columns_of(std::uint32_t code) {
  if (code < 0x300) return 1;
  return lies_in(code, combining) ? 0 : lies_in(code, wide) ? 2 : 1;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_of(text);
    width += columns_of(character.code);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t width = 0, end = 0;
  while (true) {
    const Character character = first_of(text.substr(end));
    width += columns_of(character.code);
    if (width > columns - 1) break;
    end += character.bytes;
  }
  return std::string(text.substr(0, end)).append(ellipsis);
}

std::string padded(std::string_view text, std::size_t columns, bool right) {
  const std::size_t width = width_of(text);
  const std::string spaces(columns > width ? columns - width : 0, ' ');
  return right ? spaces + std::string(text) : std::string(text) + spaces;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const std::size_t more = width_of(word);
    if (!lines.back().empty() && columns > 0 && width + 1 + more > columns) {
      lines.emplace_back();
      width = 0;
    }
    if (!lines.back().empty()) {
      lines.back() += ' ';
      ++width;
    }
    lines.back() += word;
    width += more;
  }
  return lines;
}

std::string harmless(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_of(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    const bool blank = character.code == '\n' || character.code == '\t' || character.code == '\r';
    out += blank ? " " : lies_in(character.code, commanding) ? replacement : bytes;
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string in_utf8(std::string_view bytes) {
  const auto good = [](std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); };
  if (good(bytes)) return std::string(bytes);
  std::string out;
  while (!bytes.empty()) {
    const std::string_view first = bytes.substr(0, first_of(bytes).bytes);
    const bool character = good(first);
    if (character) out += first;
    else out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(bytes[0]));
    bytes.remove_prefix(character ? first.size() : 1);
  }
  return out;
}

std::string in_markdown(std::string_view text) {
  std::string out;
  for (const char c : harmless(text)) {
    if (std::string_view("\\`*_[]<>#|~").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string with_thousands(std::string_view digits) {
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  if (!std::all_of(digits.begin() + sign, digits.end(), is_digit)) return std::string(digits);
  std::string out(digits);
  for (std::size_t at = out.size(); at > sign + 3;) {
    at -= 3;
    out.insert(at, 1, ',');
  }
  return out;
}

}  // namespace chancery
