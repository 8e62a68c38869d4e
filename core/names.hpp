#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// The kinds of name an event is made of. Each is its text and nothing else, so that what was given is what is shown;
/// a value made by `parse` is well formed (events.md, "Envelope").
namespace chancery {

/// Global order of an event in the ledger, from 1; 0 means "none" or "the empty ledger".
using Position = std::uint64_t;

template <class Tag>
struct Name {
  std::string text;
  bool empty() const { return text.empty(); }
  auto operator<=>(const Name&) const = default;
};

using Party = Name<struct PartyTag>;      ///< kind:slug, such as state:BLR or person:john-coale
using Slug = Name<struct SlugTag>;        ///< 1-64 of [a-z0-9._-]
using LongSlug = Name<struct LongTag>;    ///< measure or list: 1-128, a slug that may contain `/`, not first, last or twice in a row
using Id = Name<struct IdTag>;            ///< a label, or a UUID in lower case
using Country = Name<struct CountryTag>;  ///< ISO 3166-1 alpha-3, the former ones of 3166-3, and XKX
using Date = Name<struct DateTag>;        ///< an EDTF deadline: its end is what counts
using PartyOrText = Name<struct PartyOrTextTag>;     ///< text that must be a good party if it begins with a party's kind and a colon
using Json = Name<struct JsonTag>;        ///< a JSON value as minified text, kept as it was given

/// Each refuses with the field's name, what was found and what is allowed.
Result<Party> parse_party(std::string_view field, std::string_view text);
Result<Slug> parse_slug(std::string_view field, std::string_view text);
Result<LongSlug> parse_long_slug(std::string_view field, std::string_view text);
/// A UUID of any case comes back in lower case.
Result<Id> parse_id(std::string_view field, std::string_view text);
Result<Country> parse_country(std::string_view field, std::string_view text);
/// 1-256 of [A-Za-z0-9._:/@>-].
Result<std::string> parse_stream(std::string_view field, std::string_view text);

/// The part of a party before the colon; empty if there is none.
std::string_view kind_of(const Party& party);
/// Whether `text` begins with a party's kind and a colon.
bool looks_like_party(std::string_view text);
/// Whether `code` is an ISO 3166 code this ledger takes (see Country).
bool country_exists(std::string_view code);
/// Whether the text is a UUID (8-4-4-4-12 hexadecimal digits).
bool is_uuid(std::string_view text);

}  // namespace chancery
