#include "projections/refold.hpp"

#include <algorithm>

#include "projections/seen.hpp"

namespace chancery {
namespace {

/// Whether two rows say the same; when they were believed aside.
bool same_row(const Row& a, const Row& b) {
  return a.valid_from == b.valid_from && a.valid_to == b.valid_to && a.certain_from == b.certain_from &&
         a.because == b.because && a.state == b.state;
}

class Refold {
 public:
  Refold(const RefoldContext& context, std::string_view key, const KeyChange& change)
      : context_(context), key_(key), change_(change) {}

  void run() {
    write_facts();
    if (change_.ended.empty() && change_.added.empty()) return;
    find_bounds();
    load_old_rows();
    fold();
    write_rows();
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

  /// The row before the first change (its end may move) and all after it.
  void load_old_rows() {
    const RowReader& reader = context_.rows.reader();
    old_rows_ = reader.open_rows(context_.level, key_, first_changed_);
    if (std::optional<Row> base = reader.open_row_before(context_.level, key_, first_changed_)) {
      base_state_ = base->state;
      new_rows_.push_back({base->valid_from, base->certain_from, base->because, base->state});
      old_rows_.insert(old_rows_.begin(), std::move(*base));
    }
  }

  std::optional<std::string> old_state_at(Instant instant) const {
    const auto after = std::upper_bound(old_rows_.begin(), old_rows_.end(), instant,
                                        [](Instant at, const Row& row) { return at < row.valid_from; });
    return after == old_rows_.begin() ? std::nullopt : std::optional(std::prev(after)->state);
  }

  void fold() {
    const auto folder = context_.view.folder(key_, base_state_);
    std::optional<Instant> step;
    bool rejoined = false;
    context_.rows.reader().live_facts(context_.level, key_, first_changed_, [&](const Fact& fact) {
      // From an instant on after which nothing has changed, an equal state means equal rows.
      if (fact.earliest > last_changed_ && step != fact.earliest) {
        const Instant here = std::max(last_changed_, step.value_or(Instant::min()));
        folder->advance(here);
        if (folder->state() == old_state_at(here)) {
          rejoined_after_ = here;
          rejoined = true;
          return false;
        }
      }
      step = fact.earliest;
      const Recorded event = value_or_throw(context_.log.at(fact.event));
      folder->fold(SeenThrough(event, context_.log, context_.level));
      return true;
    });
    if (!rejoined) folder->finish();
    for (FoldedRow& row : folder->rows()) new_rows_.push_back(std::move(row));
  }

  std::vector<Row> new_timeline() const {
    std::vector<Row> rows;
    for (const FoldedRow& row : new_rows_) {
      rows.push_back({row.valid_from, std::nullopt, row.certain_from, context_.commit_last, still, row.because, row.state});
    }
    if (rejoined_after_) {
      std::copy_if(old_rows_.begin(), old_rows_.end(), std::back_inserter(rows),
                   [&](const Row& row) { return row.valid_from > *rejoined_after_; });
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].valid_to = i + 1 < rows.size() ? std::optional(rows[i + 1].valid_from) : std::nullopt;
    }
    return rows;
  }

  void write_rows() {
    const std::vector<Row> rows = new_timeline();
    auto kept = rows.begin();
    const auto stands = [&](const Row& old) {
      while (kept != rows.end() && kept->valid_from < old.valid_from) ++kept;
      return kept != rows.end() && same_row(*kept, old);
    };
    std::vector<Instant> standing;
    for (const Row& old : old_rows_) {
      if (stands(old)) {
        standing.push_back(old.valid_from);
      } else {
        context_.rows.close_row(context_.level, key_, old, context_.commit_last);
      }
    }
    for (Row row : rows) {
      if (std::binary_search(standing.begin(), standing.end(), row.valid_from)) continue;
      row.known_from = context_.commit_last;
      context_.rows.open_row(context_.level, key_, row);
    }
  }

  const RefoldContext& context_;
  std::string_view key_;
  const KeyChange& change_;
  Instant first_changed_{}, last_changed_{};
  std::optional<Instant> rejoined_after_;
  std::vector<Row> old_rows_;
  std::vector<FoldedRow> new_rows_;
  std::optional<std::string> base_state_;
};

}  // namespace

void refold(const RefoldContext& context, std::string_view key, const KeyChange& change) { Refold(context, key, change).run(); }

}  // namespace chancery
