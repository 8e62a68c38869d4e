#pragma once

#include "storage/ledger.hpp"
#include "storage/log_reader.hpp"

namespace chancery {

/// Positions in one order, each once: ascending or descending, as it was made.
class Postings {
 public:
  virtual ~Postings() = default;
  /// Goes on to the first position that is not before `position` in that order; never back.
  virtual void seek(Position position) = 0;
  /// Where it stands; nothing at the end. Undefined before the first seek.
  virtual std::optional<Position> current() const = 0;
};

/// The positions of the events that have one of each list of the query that is not empty, found in the index and the streams;
/// null if all lists are empty. A query for the stream `actions` by a reader who does not see everything also gives the events whose
/// stream's name is hidden. Later events than the index has are missing. Valid only while `index` and `log` are.
std::unique_ptr<Postings> postings(const Query& query, Visibility level, const Store& index, const LogReader& log, bool backward);

}  // namespace chancery
