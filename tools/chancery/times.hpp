#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/instant.hpp"
#include "storage/log.hpp"

/// What people write for --at and --known (interfaces.md; time-and-views.md, "Two times").
namespace chancery::cli {

/// The system's clock, now.
Instant now();

/// An EDTF date or time means its last instant; `now` or nothing is `now`.
Result<Instant> parse_at(std::string_view text, std::string_view zone, Instant now);

/// An EDTF date or time, `now` or nothing, or pos:N: the end of the last commit that lies wholly at or before it. Refused: what begins in
/// the future, a position above the last.
Result<Position> parse_known(std::string_view text, std::string_view zone, Instant now, const Log& log);

/// `A..B` in two; one value stands for both sides. The dots of an open interval (`2025/..`) do not cut.
Result<std::pair<std::string, std::string>> parse_sides(std::string_view field, std::string_view text);

}  // namespace chancery::cli
