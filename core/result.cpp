#include "core/result.hpp"

#include <fmt/format.h>

namespace chancery {
namespace {

constexpr std::size_t quoted_bytes_max = 80;

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string Error::message() const {
  return fmt::format("{}: found {}; allowed: {}", escaped(field), escaped(found), escaped(allowed));
}

Failure refused(std::string field, std::string found, std::string allowed) {
  return failure(ErrorKind::refused, std::move(field), std::move(found), std::move(allowed));
}

Failure failure(ErrorKind kind, std::string field, std::string found, std::string allowed) {
  return Failure(Error{kind, std::move(field), std::move(found), std::move(allowed)});
}

std::string quoted(std::string_view text) {
  if (text.size() <= quoted_bytes_max) return fmt::format("\"{}\"", text);
  std::size_t cut = quoted_bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
  return fmt::format("\"{}...\" ({} bytes)", text.substr(0, cut), text.size());
}

}  // namespace chancery
