#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "projections/rows.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

namespace chancery {

/// One key's rows, wherever they come from: those stored, or, from its folding mark on, those folded from its facts. Costs are those of
/// RowReader, or of reading and folding every event of the key. Throws MachineFailure.
class KeyRows {
 public:
  KeyRows(const View& view, const Log& log, const RowReader& stored) : view_(view), log_(log), stored_(stored) {}

  /// The row that is so at `at` as known at `known`. `level` is the one whose entries tell the key; so below.
  std::optional<Row> row_at(Visibility level, std::string_view key, Instant at, Position known) const;
  /// Rows as known at `known` with valid_from in (after, upto], by valid_from; absent: without that bound.
  std::vector<Row> rows_between(Visibility level, std::string_view key, Position known, std::optional<Instant> after,
                                std::optional<Instant> upto) const;
  /// Every rectangle with known_from at or before `known`, by (known_from, valid_from). Of a folded key: at the cost of keeping its rows
  /// up to then, in memory.
  std::vector<Row> rectangles(Visibility level, std::string_view key, Position known) const;

 private:
  bool folds(Visibility level, std::string_view key, Position known) const;
  /// The timeline as known at `known`, up to the first row that begins after `upto`. Their known_from is not worked out.
  std::vector<Row> folded(Visibility level, std::string_view key, Position known, Instant upto) const;

  const View& view_;
  const Log& log_;
  const RowReader& stored_;
};

}  // namespace chancery
