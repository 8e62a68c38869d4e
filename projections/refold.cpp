#include "projections/refold.hpp"

#include <algorithm>

#include "projections/row_credit.hpp"
#include "projections/seen.hpp"

namespace chancery {
namespace {

/// Whether two rows say the same; when they were believed aside.
bool same_row(const Row& a, const Row& b) {
  return a.valid_from == b.valid_from && a.valid_to == b.valid_to && a.certain_from == b.certain_from &&
         a.because == b.because && a.state == b.state;
}

/// A key's open rows from the last one before `from` on, read as far as they are asked for.
class OldRows {
 public:
  OldRows(const RowReader& reader, Visibility level, std::string_view key, Instant from)
      : reader_(reader), level_(level), key_(key), next_from_(from) {
    if (std::optional<Row> base = reader.open_row_before(level, key, from)) {
      rows_.push_back(std::move(*base));
      has_base_ = true;
    }
  }

  /// The row before `from`: its end may move.
  const Row* base() const { return has_base_ ? &rows_.front() : nullptr; }

  /// The row that holds at `instant`, which is at or after `from`.
  const Row* at(Instant instant) {
    const auto after = first_after(instant);
    return after == rows_.begin() ? nullptr : &*std::prev(after);
  }

  /// Those that begin at or before `instant`; where the next one begins stands in `next_begins`.
  std::vector<Row> take_until(Instant instant, std::optional<Instant>& next_begins) {
    const auto after = first_after(instant);
    if (after != rows_.end()) next_begins = after->valid_from;
    rows_.erase(after, rows_.end());
    return std::move(rows_);
  }

 private:
  std::vector<Row>::iterator first_after(Instant instant) {
    while (!all_read_ && (rows_.empty() || rows_.back().valid_from <= instant)) read_on();
    return std::upper_bound(rows_.begin(), rows_.end(), instant, [](Instant at, const Row& row) { return at < row.valid_from; });
  }

  void read_on() {
    std::vector<Row> more = reader_.open_rows(level_, key_, next_from_, chunk_);
    all_read_ = more.size() < chunk_;
    chunk_ = std::min(chunk_ * 4, chunk_max);
    if (!more.empty()) next_from_ = more.back().valid_from + Instant::duration(1);
    std::move(more.begin(), more.end(), std::back_inserter(rows_));
  }

  static constexpr std::size_t chunk_first = 4, chunk_max = 256;
  const RowReader& reader_;
  Visibility level_;
  std::string_view key_;
  Instant next_from_;
  std::size_t chunk_ = chunk_first;
  bool all_read_ = false, has_base_ = false;
  std::vector<Row> rows_;
};

class Refold {
 public:
  Refold(const RefoldContext& context, std::string_view key, const KeyChange& change)
      : context_(context), key_(key), change_(change) {}

  void run() {
    write_facts();
    if (change_.ended.empty() && change_.added.empty()) return;
    if (context_.rows.reader().folded_from(context_.level, key_)) return;
    find_bounds();
    OldRows old_rows(context_.rows.reader(), context_.level, key_, first_changed_);
    if (!fold(old_rows) || !write_rows(old_rows)) {
      context_.rows.fold_from(context_.level, key_, context_.commit_last);
    } else if (!can_afford()) {
      context_.rows.fold_from(context_.level, key_, context_.commit_last + 1);
    }
  }

 private:
  void write_facts() {
    RowWriter& rows = context_.rows;
    for (const FactChange& fact : change_.ended) {
      rows.end_fact(context_.level, key_, rows.fact_at(context_.level, key_, fact.earliest, fact.place), context_.commit_last);
    }
    const Position now = context_.commit_last;
    for (const FactChange& fact : change_.added) {
      rows.add_fact(context_.level, key_, {fact.earliest, fact.place, fact.event, now, still});
    }
    for (const FactChange& fact : change_.touched) {
      rows.note_touch(context_.level, key_, {fact.earliest, fact.place, fact.event, now, now});
    }
  }

  void find_bounds() {
    first_changed_ = Instant::max(), last_changed_ = Instant::min();
    for (const auto* facts : {&change_.ended, &change_.added}) {
      for (const FactChange& fact : *facts) {
        first_changed_ = std::min(first_changed_, fact.earliest);
        last_changed_ = std::max(last_changed_, fact.earliest);
      }
    }
  }

  /// One more step, if a commit may take it.
  bool step() { return !context_.keeps_account || ++steps_ <= row_credit.steps_a_commit; }

  bool fold(OldRows& old_rows) {
    std::optional<std::string> base_state;
    if (const Row* base = old_rows.base()) {
      base_state = base->state;
      new_rows_.push_back({base->valid_from, base->certain_from, base->because, base->state});
    }
    const auto folder = context_.view.folder(key_, base_state);
    std::optional<Instant> at;
    bool affordable = true;
    context_.rows.reader().live_facts(context_.level, key_, first_changed_, [&](const Fact& fact) {
      // From an instant on after which nothing has changed, an equal state means equal rows.
      if (fact.earliest > last_changed_ && at != fact.earliest) {
        const Instant here = std::max(last_changed_, at.value_or(Instant::min()));
        folder->advance(here);
        const Row* old = old_rows.at(here);
        if (folder->state() == (old ? std::optional(old->state) : std::nullopt)) {
          rejoined_after_ = here;
          return false;
        }
      }
      at = fact.earliest;
      affordable = step();
      if (!affordable) return false;
      const Recorded event = value_or_throw(context_.log.at(fact.event));
      folder->fold(SeenThrough(event, context_.log, context_.level));
      return true;
    });
    if (!affordable) return false;
    if (!rejoined_after_) folder->finish();
    for (FoldedRow& row : folder->rows()) new_rows_.push_back(std::move(row));
    return true;
  }

  /// The new rows up to where the old ones go on.
  std::vector<Row> new_timeline(std::optional<Instant> next_begins) const {
    std::vector<Row> rows;
    for (const FoldedRow& row : new_rows_) {
      rows.push_back({row.valid_from, std::nullopt, row.certain_from, context_.commit_last, still, row.because, row.state});
    }
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].valid_to = i + 1 < rows.size() ? rows[i + 1].valid_from : next_begins;
    return rows;
  }

  bool write_rows(OldRows& old_rows) {
    std::optional<Instant> next_begins;
    const std::vector<Row> old = old_rows.take_until(rejoined_after_.value_or(Instant::max()), next_begins);
    const std::vector<Row> rows = new_timeline(next_begins);
    std::vector<const Row*> closed, opened;
    auto before = old.begin();
    for (const Row& row : rows) {
      while (before != old.end() && before->valid_from < row.valid_from) closed.push_back(&*before++);
      if (before != old.end() && same_row(*before, row)) {
        ++before;
      } else {
        opened.push_back(&row);
      }
    }
    while (before != old.end()) closed.push_back(&*before++);
    steps_ += closed.size() + opened.size();
    if (context_.keeps_account && steps_ > row_credit.steps_a_commit) return false;
    for (const Row* row : closed) context_.rows.close_row(context_.level, key_, *row, context_.commit_last);
    for (const Row* row : opened) context_.rows.open_row(context_.level, key_, *row);
    return true;
  }

  /// Keeps the account of steps. Most commits cost less than they earn, and leave no trace in it.
  bool can_afford() {
    const std::uint64_t earned = row_credit.steps_an_event * (change_.added.size() + change_.ended.size());
    if (!context_.keeps_account || steps_ <= earned) return true;
    Overdraft overdraft = context_.rows.reader().overdraft(context_.level, key_).value_or(Overdraft{0, row_credit.first_allowance});
    overdraft.spent += steps_ - earned;
    if (overdraft.spent > overdraft.allowed) {
      std::uint64_t events = 0;
      context_.rows.reader().facts(context_.level, key_, [&](const Fact&) { ++events; });
      overdraft.allowed = events * row_credit.steps_an_event;
      if (overdraft.spent > overdraft.allowed) return false;
    }
    context_.rows.set_overdraft(context_.level, key_, overdraft);
    return true;
  }

  const RefoldContext& context_;
  std::string_view key_;
  const KeyChange& change_;
  Instant first_changed_{}, last_changed_{};
  std::optional<Instant> rejoined_after_;
  std::vector<FoldedRow> new_rows_;
  std::uint64_t steps_ = 0;
};

}  // namespace

void refold(const RefoldContext& context, std::string_view key, const KeyChange& change) { Refold(context, key, change).run(); }

}  // namespace chancery
