#include "projections/key_rows.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "projections/memory_store.hpp"
#include "projections/refold.hpp"
#include "projections/seen.hpp"

namespace chancery {
namespace {

std::vector<Fact> facts_known(const RowReader& stored, Visibility level, std::string_view key, Position known) {
  std::vector<Fact> facts;
  stored.facts(level, key, [&](const Fact& fact) {
    if (fact.known_from <= known && known < fact.known_to) facts.push_back(fact);
  });
  std::sort(facts.begin(), facts.end(),
            [](const Fact& a, const Fact& b) { return std::tie(a.earliest, a.place) < std::tie(b.earliest, b.place); });
  return facts;
}

std::vector<Row> timeline_of(std::vector<FoldedRow>&& folded) {
  std::vector<Row> rows;
  for (FoldedRow& row : folded) {
    if (!rows.empty()) rows.back().valid_to = row.valid_from;
    rows.push_back({row.valid_from, std::nullopt, row.certain_from, 0, still, std::move(row.because), std::move(row.state)});
  }
  return rows;
}

/// What came and went after the commit before `from`, by the commit it did.
std::map<Position, KeyChange> changes_from(const RowReader& stored, Visibility level, std::string_view key, Position from,
                                           Position known) {
  std::map<Position, KeyChange> changes;
  const auto counts = [&](Position commit) { return commit >= from && commit <= known; };
  stored.facts(level, key, [&](const Fact& fact) {
    if (fact.known_from == fact.known_to) return;
    const FactChange change{fact.earliest, fact.place, fact.event};
    if (counts(fact.known_from)) changes[fact.known_from].added.push_back(change);
    if (counts(fact.known_to)) changes[fact.known_to].ended.push_back(change);
  });
  return changes;
}

void sort_as_known(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::tie(a.known_from, a.valid_from) < std::tie(b.known_from, b.valid_from); });
}

/// The rectangles of a part, gathered while the rows of a key are folded commit by commit: each is counted where it begins, and taken where
/// it ends.
class GatheredRectangles {
 public:
  GatheredRectangles(RowWriter& rows, Visibility level, std::string_view key, const RowsPart& part) : rows_(rows), level_(level), key_(key), part_(part) {}

  /// What was so before the first commit. In order.
  void begin(const Row& row) {
    rows_.open_row(level_, key_, row);
    if (row.known_to != still) rows_.close_row(level_, key_, row, row.known_to);
    count(row);
  }
  void take_commit(Position commit) {
    for (Row& row : rows_.take_closed(level_, key_)) {
      if (begun_.erase({row.known_from, row.valid_from}) > 0) gathered_.push_back(std::move(row));
    }
    if (part_.ends_before(count_)) return;
    for (const Row& row : open_rows()) {
      if (row.known_from == commit) count(row);
    }
  }
  /// Whether no later commit adds or changes any of them.
  bool complete() const { return part_.ends_before(count_) && begun_.empty(); }
  std::vector<Row> rows() && {
    for (Row& row : open_rows()) {
      if (begun_.count({row.known_from, row.valid_from}) > 0) gathered_.push_back(std::move(row));
    }
    sort_as_known(gathered_);
    return std::move(gathered_);
  }

 private:
  std::vector<Row> open_rows() const { return rows_.reader().open_rows(level_, key_, Instant::min(), std::numeric_limits<std::size_t>::max()); }
  void count(const Row& row) {
    if (part_.has(count_++)) begun_.emplace(row.known_from, row.valid_from);
  }

  RowWriter& rows_;
  const Visibility level_;
  const std::string_view key_;
  const RowsPart& part_;
  std::uint64_t count_ = 0;
  std::set<std::pair<Position, Instant>> begun_;  // of the part, not ended yet
  std::vector<Row> gathered_;
};

/// known_from of a row that stood already when what is looked at begins.
constexpr Position stood = 0;

/// One key as it stands while commits go by, forward or back.
class Replayed {
 public:
  Replayed(const View& view, const Log& log, Visibility level, std::string_view key) : view_(view), log_(log), level_(level), key_(key) {}

  void begin(const std::vector<Row>& rows, const std::vector<Fact>& facts) {
    for (Row row : rows) {
      row.known_from = stood, row.known_to = still;
      rows_.open_row(level_, key_, row);
    }
    for (const Fact& fact : facts) rows_.add_fact(level_, key_, fact);
  }
  /// The rows that no longer hold after it.
  std::vector<Row> take(Position commit, const KeyChange& change) {
    refold({view_, log_, rows_, level_, commit, false}, key_, change);
    return rows_.take_closed(level_, key_);
  }
  std::vector<Row> open_rows() const { return rows_.reader().open_rows(level_, key_, Instant::min(), std::numeric_limits<std::size_t>::max()); }

 private:
  const View& view_;
  const Log& log_;
  const Visibility level_;
  const std::string_view key_;
  MemoryStore store_;
  RowWriter rows_{store_};
};

std::vector<Row> part_of(std::vector<Row> rows, const RowsPart& part) {
  std::uint64_t number = 0;
  std::erase_if(rows, [&](const Row&) { return !part.has(number++); });
  return rows;
}

}  // namespace

bool KeyRows::folds(Visibility level, std::string_view key, Position known) const {
  const std::optional<Position> from = stored_.folded_from(level, key);
  return from && known >= *from;
}

std::vector<Row> KeyRows::folded(Visibility level, std::string_view key, Position known, Instant upto) const {
  const auto folder = view_.folder(key, std::nullopt);
  std::optional<Instant> last;
  std::optional<std::string> state_then;
  bool passed = false;
  for (const Fact& fact : facts_known(stored_, level, key, known)) {
    if (fact.earliest > upto && last != fact.earliest) {
      // Once the state is another than it was at `upto`, the row after has begun.
      folder->advance(std::max(upto, last.value_or(Instant::min())));
      if (!passed) {
        state_then = folder->state();
        passed = true;
      } else if (folder->state() != state_then) {
        return timeline_of(folder->rows());
      }
    }
    last = fact.earliest;
    const Recorded event = value_or_throw(log_.at(fact.event));
    folder->fold(SeenThrough(event, log_, level));
  }
  folder->finish();
  return timeline_of(folder->rows());
}

std::optional<Row> KeyRows::row_at(Visibility level, std::string_view key, Instant at, Position known) const {
  if (!folds(level, key, known)) return stored_.row_at(level, key, at, known);
  std::vector<Row> rows = folded(level, key, known, at);
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.valid_at(at); });
  return row == rows.end() ? std::nullopt : std::optional(std::move(*row));
}

std::vector<Row> KeyRows::rows_between(Visibility level, std::string_view key, Position known, std::optional<Instant> after,
                                       std::optional<Instant> upto) const {
  if (!folds(level, key, known)) return stored_.rows_between(level, key, known, after, upto);
  std::vector<Row> rows = folded(level, key, known, upto.value_or(Instant::max()));
  std::erase_if(rows, [&](const Row& row) { return (after && row.valid_from <= *after) || (upto && row.valid_from > *upto); });
  return rows;
}

std::vector<Row> KeyRows::rectangles(Visibility level, std::string_view key, Position known, const RowsPart& part) const {
  if (!folds(level, key, known)) return part_of(stored_.rectangles(level, key, known), part);
  const Position from = *stored_.folded_from(level, key);
  MemoryStore store;
  RowWriter rows(store);
  GatheredRectangles gathered(rows, level, key, part);
  for (const Row& row : stored_.rectangles(level, key, from - 1)) gathered.begin(row);
  gathered.take_commit(0);
  for (const Fact& fact : facts_known(stored_, level, key, from - 1)) rows.add_fact(level, key, fact);
  for (const auto& [commit, change] : changes_from(stored_, level, key, from, known)) {
    if (gathered.complete() || (part.wanted && !part.wanted())) break;
    refold({view_, log_, rows, level, commit, false}, key, change);
    gathered.take_commit(commit);
  }
  return std::move(gathered).rows();
}

std::vector<Row> KeyRows::changed(Visibility level, std::string_view key, Position after, Position known, const std::function<bool()>& wanted) const {
  std::vector<Row> changed;
  if (!folds(level, key, after)) {
    changed = rectangles(level, key, known, {0, std::numeric_limits<std::uint64_t>::max(), wanted});
    std::erase_if(changed, [&](const Row& row) { return row.known_from <= after && (row.known_to <= after || row.known_to > known); });
    return changed;
  }
  const std::vector<Row> then = folded(level, key, after, Instant::max());
  Replayed replayed(view_, log_, level, key);
  replayed.begin(then, facts_known(stored_, level, key, after));
  for (const auto& [commit, change] : changes_from(stored_, level, key, after + 1, known)) {
    if (wanted && !wanted()) return changed;
    for (Row& row : replayed.take(commit, change)) changed.push_back(std::move(row));
  }
  find_beginnings(level, key, after, then, changed, wanted);
  for (Row& row : replayed.open_rows()) {
    if (row.known_from != stood) changed.push_back(std::move(row));
  }
  sort_as_known(changed);
  return changed;
}

/// Of those rows that stood already at `known`, when the timeline was `then`, since when they have stood exactly so.
void KeyRows::find_beginnings(Visibility level, std::string_view key, Position known, const std::vector<Row>& then, std::vector<Row>& rows,
                              const std::function<bool()>& wanted) const {
  std::map<Instant, Row*> sought;
  for (Row& row : rows) {
    if (row.known_from == stood) sought.emplace(row.valid_from, &row);
  }
  const Position from = *stored_.folded_from(level, key);
  const auto changes = changes_from(stored_, level, key, from, known);
  Replayed replayed(view_, log_, level, key);
  replayed.begin(then, facts_known(stored_, level, key, known));
  for (auto commit = changes.rbegin(); commit != changes.rend() && !sought.empty(); ++commit) {
    if (wanted && !wanted()) return;
    const auto& [last, change] = *commit;
    for (const Row& row : replayed.take(last, {change.added, change.ended, {}})) {
      const auto found = row.known_from == stood ? sought.find(row.valid_from) : sought.end();
      if (found == sought.end()) continue;
      found->second->known_from = last;
      sought.erase(found);
    }
  }
  if (sought.empty()) return;
  for (const Row& row : stored_.rows_between(level, key, from - 1, std::nullopt, std::nullopt)) {
    if (const auto found = sought.find(row.valid_from); found != sought.end()) found->second->known_from = row.known_from;
  }
}

}  // namespace chancery
