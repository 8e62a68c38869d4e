#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "tools/format/screen.hpp"

/// How answers are printed. Rows come as JSON text, one object each; every format is made from that.
namespace chancery {

enum class Format { table, json, ndjson, csv, md };

/// Refused with the names there are.
Result<Format> parse_format(std::string_view text);

/// One answer: an envelope of a few fields and a list of rows, printed as rows arrive, so that memory does not grow with the answer
/// (a table, and CSV whose columns are not known before, hold their rows until the end, or what they can have once more up to a bound).
///   json:   {ENVELOPE, "rows": [...]}, a row a line
///   ndjson: one row a line; the position in the envelope goes to stderr
///   csv:    header, dotted columns (`held.low`: the fields of a row's `state` stand beside its other fields) in the order of their
///           first appearance, RFC 4180 quoting, lines that end in LF. A list is joined by `|`, but JSON text where one of its
///           elements is a list, an object or a text with `|`; null is empty
///   table:  for people: instants in the zone, a range in words, what is empty in every row left out; on a terminal also cut to its
///           width, or a line for each field where that is not enough
///   md:     the same as a Markdown table
class RowPrinter {
 public:
  virtual ~RowPrinter() = default;
  /// `row` is one JSON object without line ends.
  virtual void row(std::string_view row) = 0;
  /// Called once, after the last row.
  virtual void finish() = 0;
};

using TakeRow = std::function<void(std::string_view row)>;

struct PrinterOptions {
  Format format = Format::table;
  std::string envelope;                 ///< members of the envelope as JSON without braces: `"view": "prisoners", "position": 25`
  std::string rows_name = "rows";
  std::string position;                 ///< said on stderr with ndjson and csv; empty: nothing is said
  std::string zone = "UTC";             ///< in which a table shows instants
  std::vector<std::string> columns;     ///< csv: the columns, in order, known before any row; else those of the rows are gathered first
  std::vector<std::string> columns_of_none;  ///< csv: the columns where there was no row to gather them from
  std::function<void(const TakeRow& take)> again;  ///< gives all rows that were printed once more; none: all must be held that are needed twice
  std::size_t held_bytes_max = 8UL << 20;          ///< so much of the rows is held where they can be had once more
  std::optional<Screen> screen;         ///< absent: what `out` is
};

std::unique_ptr<RowPrinter> make_row_printer(const PrinterOptions& options, std::ostream& out, std::ostream& messages);

}  // namespace chancery
