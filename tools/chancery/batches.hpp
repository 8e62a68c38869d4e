#pragma once

#include <string>
#include <vector>

#include "tools/chancery/reading.hpp"

/// What tail reads between one poll and the next.
namespace chancery::cli {

struct Batch {
  std::vector<std::string> lines;  ///< JSON
  std::vector<Position> commits;   ///< of the changes of a view: the end of the commit that made each
  Position end = 0;                ///< all up to here is in the lines, or not seen
  Position last = 0;               ///< the end of the ledger
};

/// The events after a position, as the reader sees them, at most `lines_max`.
Result<Batch> events_after(const Reading& reading, Position after, std::size_t lines_max);

/// The rows of a view that were opened or closed after a position, by the commit that did it, closed before opened, then by key and
/// valid_from: `{change, view, key, cause, ...}` with the fields of `history`, an opened row as it stood then; `cause` are the positions of
/// those events of the commit that bear on the key. Whole commits, about
/// `events_max` events at once.
Result<Batch> changes_after(const Reading& reading, std::string_view view, Position after, std::size_t events_max);

}  // namespace chancery::cli
