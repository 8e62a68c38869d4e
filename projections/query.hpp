#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/key_rows.hpp"
#include "projections/view.hpp"
#include "projections/where.hpp"
#include "storage/ledger.hpp"

/// Answers: what was so at one time, as known at another (time-and-views.md, "Two times"; interfaces.md for their shape).
namespace chancery {

/// From where a question is asked: nothing after `position`, which is the end of a commit, is known, nothing above `level` seen.
struct Standpoint {
  Position position = 0;
  Visibility level = Visibility::restricted;
};

/// A row of an answer. `certain` is whether the row's dates leave no doubt at the instant asked about.
struct AnswerRow {
  std::string key;
  Row row;
  bool disputed = false;
};

struct RowFilter {
  std::string prefix;        ///< of the key
  std::vector<Where> where;  ///< all must hold of the state
  std::string after = {};    ///< only keys that come after it, bytewise
  std::function<bool()> wanted = {};  ///< asked at each key: whether somebody still waits for the answer; none: somebody does
};

/// A difference of one key between two points of the two times. States are as stored; absent: the key had no row there.
struct Difference {
  std::string key;
  std::optional<std::string> before, after;
  std::vector<Position> because;
};

struct Differences {
  std::vector<Difference> knowledge;  ///< at A, between K and L
  std::vector<Difference> world;      ///< as known at L, between A and B
  std::optional<std::string> next;    ///< where more keys differ than were wanted: the last of these, after which the others come
};

/// Between what differences are: two points of the two times.
struct Points {
  Instant a{}, b{};
  Position known_a = 0, known_b = 0;
};

/// One view of a ledger, complete up to a position. Any number may be open; each is for one thread.
class ViewReader {
 public:
  /// Waits until the view has followed the log up to `position`. Fails with: refused (no such view), disk, corrupt.
  static Result<ViewReader> open(const Ledger& ledger, std::string_view view, Position position);

  const View& view() const { return *view_; }

  /// The rows that hold at `at`, by key, bytewise, until `visit` returns false. Cost: a seek or a few for each key.
  Result<void> at(Instant at, Standpoint from, const RowFilter& filter, const std::function<bool(AnswerRow&&)>& visit) const;
  /// Those of these rows whose keys come up to filter.after, the last first.
  Result<void> at_back(Instant at, Standpoint from, const RowFilter& filter, const std::function<bool(AnswerRow&&)>& visit) const;
  /// What was so over time, by valid_from. An unknown key has no rows.
  Result<std::vector<AnswerRow>> timeline(std::string_view key, Standpoint from, const RowsPart& part = {}) const;
  /// Every rectangle, by known_from, then valid_from.
  Result<std::vector<Row>> history(std::string_view key, Standpoint from, const RowsPart& part = {}) const;
  /// Those of these rectangles that began or ended after `after`, which is the end of a commit; some of them where `wanted` says that nobody
  /// waits for them any longer.
  Result<std::vector<Row>> changed(std::string_view key, Standpoint from, Position after, const std::function<bool()>& wanted = {}) const;
  /// What changed between two points, seen by `level`, of the first keys that differ, `keys_most` at most (0: of all). Cost: that of three
  /// rows for each key up to the last of these, and of the events that are why.
  Result<Differences> diff(const Points& points, Visibility level, const RowFilter& filter, std::size_t keys_most = 0) const;
  /// Those of the keys that differ which come up to filter.after, the last first, until `visit` returns false.
  Result<void> differing_back(const Points& points, Visibility level, const RowFilter& filter,
                              const std::function<bool(std::string_view key)>& visit) const;

 private:
  ViewReader(const Ledger& ledger, const View& view, Followed followed);
  bool disputed(const Row& row, Standpoint from) const;
  bool visit_row(std::string_view key, Visibility told_at, Instant at, Standpoint from, const RowFilter& filter,
                 const std::function<bool(AnswerRow&&)>& visit) const;
  struct OfKey;
  std::optional<OfKey> difference_of(std::string_view key, Visibility told_at, const Points& points, const RowFilter& filter) const;
  void add_reasons(Differences& differences, const Points& points, Visibility level, const RowFilter& filter) const;
  std::vector<Position> events_bearing_on(std::string_view key, Visibility level, Position after, Position upto) const;
  std::vector<Position> events_of_rows(std::string_view key, Visibility level, Position known, Instant after, Instant upto) const;

  const Log* log_;
  const View* view_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<RowReader> stored_;
  std::unique_ptr<KeyRows> rows_;
};

}  // namespace chancery
