#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "projections/rows.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

namespace chancery {

/// Which of many rows are asked for, in their order.
struct RowsPart {
  std::uint64_t after = 0;  ///< so many are left out
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  std::function<bool()> wanted = {};  ///< asked now and then: whether somebody still waits for them; none: somebody does

  bool has(std::uint64_t number) const { return number >= after && number - after < limit; }
  /// Whether all of it comes before the row of that number, counted from 0.
  bool ends_before(std::uint64_t number) const { return number >= after && number - after >= limit; }
};

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
  /// Of every rectangle with known_from at or before `known`, by (known_from, valid_from), those of a part. Of a folded key: at the cost of
  /// folding it at each commit until the last of them has ended; what is in memory are those of the part and the rows of one timeline.
  std::vector<Row> rectangles(Visibility level, std::string_view key, Position known, const RowsPart& part = {}) const;
  /// Of these rectangles those that began or ended after `after`, up to `known`. Of a folded key: at the cost of folding it once, then at each
  /// commit after `after`, and at as many before it as those that ended have stood. Some of
  /// them where `wanted` says that nobody waits for them any longer.
  std::vector<Row> changed(Visibility level, std::string_view key, Position after, Position known, const std::function<bool()>& wanted = {}) const;

 private:
  bool folds(Visibility level, std::string_view key, Position known) const;
  /// The timeline as known at `known`, up to the first row that begins after `upto`. Their known_from is not worked out.
  std::vector<Row> folded(Visibility level, std::string_view key, Position known, Instant upto) const;
  void find_beginnings(Visibility level, std::string_view key, Position known, const std::vector<Row>& then, std::vector<Row>& rows, const std::function<bool()>& wanted) const;

  const View& view_;
  const Log& log_;
  const RowReader& stored_;
};

}  // namespace chancery
