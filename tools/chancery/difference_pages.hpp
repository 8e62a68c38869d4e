#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "projections/query.hpp"

namespace chancery::cli {

/// Differences come in pages of at most `limit` of each kind, and of both kinds only keys up to the same one: a key is on one page alone.
/// The last key of the page that begins after `after` (empty: the first); nothing where that page is the last.
std::optional<std::string> last_key_of_page(const Differences& all, std::string_view after, std::uint64_t limit);

}  // namespace chancery::cli
