#include "core/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chancery {
namespace {

constexpr std::size_t slug_bytes_max = 64;
constexpr std::size_t long_slug_bytes_max = 128;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t stream_bytes_max = 256;
constexpr std::size_t uuid_bytes = 36;

constexpr std::array<std::string_view, 7> kinds{"state", "polity", "person", "org", "group", "aircraft", "vessel"};

constexpr std::string_view party_rule =
    "kind:slug, such as state:BLR or person:john-coale (kinds: state polity person org group aircraft vessel; a slug "
    "is 1 to 64 "
    "of a-z 0-9 . _ -)";
constexpr std::string_view country_rule =
    "a code of ISO 3166-1 alpha-3 in capitals, a former one of ISO 3166-3, or XKX";
constexpr std::string_view id_rule =
    "a UUID, or a label: 1 to 64 of A-Z a-z 0-9 . _ : / @ -, beginning with a letter or digit, not with pos:, with no "
    "empty, . or "
    ".. part between its /";

/// A set of bytes, asked in one step.
class Bytes {
 public:
  constexpr explicit Bytes(std::string_view others, bool upper) {
    for (char c = '0'; c <= '9'; ++c) add(c);
    for (char c = 'a'; c <= 'z'; ++c) add(c);
    for (char c = 'A'; upper && c <= 'Z'; ++c) add(c);
    for (const char c : others) add(c);
  }
  constexpr bool has(char c) const { return in_[static_cast<unsigned char>(c)]; }
  constexpr bool has_all(std::string_view text) const {
    return std::all_of(text.begin(), text.end(), [this](char c) { return has(c); });
  }

 private:
  constexpr void add(char c) { in_[static_cast<unsigned char>(c)] = true; }
  std::array<bool, 256> in_{};
};

constexpr Bytes slug_bytes("._-", false);
constexpr Bytes long_slug_bytes("._-/", false);
constexpr Bytes label_bytes("._:/@-", true);
constexpr Bytes stream_bytes("._:/@>-", true);
constexpr Bytes letters_and_digits("", true);

constexpr bool fits(std::string_view text, std::size_t bytes_max, const Bytes& bytes) {
  return !text.empty() && text.size() <= bytes_max && bytes.has_all(text);
}

constexpr bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_kind(std::string_view text) { return std::find(kinds.begin(), kinds.end(), text) != kinds.end(); }

bool is_party(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto kind = text.substr(0, colon), slug = text.substr(colon + 1);
  return kind == "state" ? country_exists(slug) : is_kind(kind) && fits(slug, slug_bytes_max, slug_bytes);
}

bool is_label(std::string_view text) {
  if (!fits(text, id_bytes_max, label_bytes) || !letters_and_digits.has(text.front()) || text.starts_with("pos:"))
    return false;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

/// Why `text`, which is no party, is none: the rule that the writer most likely had in mind.
std::string allowed_for_party(std::string_view text) {
  if (!text.starts_with("state:")) return std::string(party_rule);
  const auto code = text.substr(text.find(':') + 1);
  std::string capitals(code);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (country_exists(capitals)) return fmt::format("state:{}", capitals);
  return fmt::format("state: and {}; polity: for a state that has no such code", country_rule);
}

}  // namespace

Result<Party> parse_party(std::string_view field, std::string_view text) {
  if (is_party(text)) return Party{std::string(text)};
  return refused(std::string(field), quoted(text), allowed_for_party(text));
}

Result<Slug> parse_slug(std::string_view field, std::string_view text) {
  if (fits(text, slug_bytes_max, slug_bytes)) return Slug{std::string(text)};
  return refused(std::string(field), quoted(text), "1 to 64 of a-z 0-9 . _ -");
}

Result<LongSlug> parse_long_slug(std::string_view field, std::string_view text) {
  if (fits(text, long_slug_bytes_max, long_slug_bytes) && text.front() != '/' && text.back() != '/' &&
      text.find("//") == std::string_view::npos) {
    return LongSlug{std::string(text)};
  }
  return refused(std::string(field), quoted(text),
                 "1 to 128 of a-z 0-9 . _ - /, with / not first, last or twice in a row");
}

Result<Id> parse_id(std::string_view field, std::string_view text) {
  if (is_uuid(text)) {
    Id id{std::string(text)};
    for (char& c : id.text) c = lower(c);
    return id;
  }
  if (is_label(text)) return Id{std::string(text)};
  return refused(std::string(field), quoted(text), std::string(id_rule));
}

Result<Country> parse_country(std::string_view field, std::string_view text) {
  if (country_exists(text)) return Country{std::string(text)};
  return refused(std::string(field), quoted(text), std::string(country_rule));
}

Result<std::string> parse_stream(std::string_view field, std::string_view text) {
  if (fits(text, stream_bytes_max, stream_bytes)) return std::string(text);
  return refused(std::string(field), quoted(text), "1 to 256 of A-Z a-z 0-9 . _ : / @ > -");
}

std::string_view kind_of(const Party& party) {
  const auto colon = party.text.find(':');
  return colon == std::string::npos ? std::string_view() : std::string_view(party.text).substr(0, colon);
}

bool looks_like_party(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && is_kind(text.substr(0, colon));
}

bool is_uuid(std::string_view text) {
  if (text.size() != uuid_bytes) return false;
  for (std::size_t i = 0; i < uuid_bytes; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace chancery
