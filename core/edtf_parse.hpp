#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "core/instant.hpp"

// EDTF text without zones: which local days, or which stretch of UTC, a string names. core/occurred.hpp adds the zone.
// The forms are those of the design's "EDTF forms"; where it is silent, the Library of Congress specification decides.
//
//   occurred  = point | point "/" point | point "/" [ ".." ]
//   point     = date [ "?" | "~" | "%" ] | date-time
//   date      = YYYY | YYYY "-" MM | YYYY "-" MM "-" DD | YYYY "-" SEASON
//             | YYY "X" | YY "XX" | YYYY "-XX" | YYYY "-XX-XX" | YYYY "-" MM "-XX"
//   SEASON    = "21" (from March) | "22" | "23" | "24" (from December)
//   date-time = YYYY "-" MM "-" DD "T" HH ":" MM [ ":" SS [ "." 1*6DIGIT ] ] ( "Z" | ( "+" | "-" ) HH ":" MM )

namespace chancery {

/// Whole days of a calendar, in whatever zone they are meant.
struct LocalDays {
  std::chrono::local_days first;
  std::chrono::local_days next;  ///< the day after the last

  bool operator==(const LocalDays&) const = default;
};

/// A stretch of UTC, as long as the date-time it comes from is precise; `latest` is its last microsecond.
struct UtcSpan {
  Instant earliest;
  Instant latest;

  bool operator==(const UtcSpan&) const = default;
};

/// One date or date-time.
struct EdtfPoint {
  std::variant<LocalDays, UtcSpan> span;
  bool qualified = false;  ///< it carries ? ~ or %
};

/// A point, an interval between two, or an interval whose end is open or unknown.
struct EdtfText {
  EdtfPoint start;
  std::optional<EdtfPoint> end;
  bool open_end = false;
};

/// What would have been right, in words for the `allowed` of an Error. Lives as long as the process.
using EdtfRefusal = std::string_view;

/// The general `allowed`: an example of each common form.
inline constexpr EdtfRefusal edtf_examples =
    "an EDTF date such as 2025-09-11, 2025-09, 2025, 2025-09-11T10:00Z, 2025-09-01/2025-09-05, with ? ~ % for doubt";

/// Reads a whole string. That an interval's end lies before its start is not seen here. Allocates nothing.
tl::expected<EdtfText, EdtfRefusal> parse_edtf(std::string_view text);

/// Reads a date-time of the grammar above; years 0001 to 9999 before its offset is applied.
tl::expected<UtcSpan, EdtfRefusal> parse_date_time(std::string_view text);

}  // namespace chancery
