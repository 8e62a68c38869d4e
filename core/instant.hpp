#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace chancery {

/// Microseconds since 1970-01-01T00:00:00Z, UTC without leap seconds.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 in UTC with `Z`: six fraction digits or, where they are zero, none. A local day at the border of the
/// calendar can begin in year 0 or end in year 10000 of UTC: those print as `0000` and, in the expanded form of ISO
/// 8601, `+010000`. Promised for the years -9999 to 32767.
std::string format_instant(Instant instant);

/// The instant of an RFC 3339 date-time, as in `recorded_at`: capital `T` and `Z`, or an offset `+HH:MM`; seconds
/// required, up to six fraction digits, years 0001 to 9999 before and after the offset is applied.
/// Fails with: refused (`field`, `text`, and the form that is allowed).
Result<Instant> parse_instant(std::string_view field, std::string_view text);

}  // namespace chancery
