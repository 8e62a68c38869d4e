#include "projections/query.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "projections/followers.hpp"

namespace chancery {

ViewReader::ViewReader(const Ledger& ledger, const View& view, Followed followed)
    : log_(&ledger), view_(&view), store_(std::move(followed.store)), stored_(std::make_unique<RowReader>(*store_)),
      rows_(std::make_unique<KeyRows>(view, ledger, *stored_)) {}

Result<ViewReader> ViewReader::open(const Ledger& ledger, std::string_view name, Position position) {
  const Result<const View*> view = find_view(name);
  if (!view) return tl::unexpected(view.error());
  Result<Followed> followed = ledger.followed(follower_name(name), position);
  if (!followed) return tl::unexpected(followed.error());
  return ViewReader(ledger, **view, std::move(*followed));
}

bool ViewReader::disputed(const Row& row, Standpoint from) const {
  const Sight sight{from.position, from.level};
  for (const Position event : row.because) {
    for (const Link& dispute : log_->links_to(Relation::disputes, event)) {
      if (dispute.source > from.position) break;
      if (dispute.level > from.level) continue;
      const RecordHead head = value_or_throw(log_->head_at(dispute.source));
      if (live_of_chain(*log_, head.chain, sight) == dispute.source) return true;
    }
  }
  return false;
}

bool ViewReader::visit_row(std::string_view key, Visibility told_at, Instant at, Standpoint from, const RowFilter& filter,
                           const std::function<bool(AnswerRow&&)>& visit) const {
  if (filter.wanted && !filter.wanted()) return false;
  std::optional<Row> row = rows_->row_at(told_at, key, at, from.position);
  if (!row || !matches(filter.where, *view_, row->state)) return true;
  const bool is_disputed = disputed(*row, from);
  return visit({std::string(key), std::move(*row), is_disputed});
}

Result<void> ViewReader::at(Instant at, Standpoint from, const RowFilter& filter,
                            const std::function<bool(AnswerRow&&)>& visit) const {
  return guarded([&]() -> Result<void> {
    stored_->keys(from.level, filter.prefix, filter.after,
                  [&](std::string_view key, Visibility told_at) { return visit_row(key, told_at, at, from, filter, visit); });
    return {};
  });
}

Result<void> ViewReader::at_back(Instant at, Standpoint from, const RowFilter& filter,
                                 const std::function<bool(AnswerRow&&)>& visit) const {
  return guarded([&]() -> Result<void> {
    stored_->keys_back(from.level, filter.prefix, filter.after,
                       [&](std::string_view key, Visibility told_at) { return visit_row(key, told_at, at, from, filter, visit); });
    return {};
  });
}

Result<std::vector<AnswerRow>> ViewReader::timeline(std::string_view key, Standpoint from, const RowsPart& part) const {
  return guarded([&]() -> Result<std::vector<AnswerRow>> {
    std::vector<AnswerRow> answer;
    const Visibility told_at = stored_->told_at(from.level, key);
    std::uint64_t number = 0;
    for (Row& row : rows_->rows_between(told_at, key, from.position, std::nullopt, std::nullopt)) {
      if (!part.has(number++)) continue;
      if (part.wanted && !part.wanted()) break;
      const bool is_disputed = disputed(row, from);
      answer.push_back({std::string(key), std::move(row), is_disputed});
    }
    return answer;
  });
}

Result<std::vector<Row>> ViewReader::history(std::string_view key, Standpoint from, const RowsPart& part) const {
  return guarded([&]() -> Result<std::vector<Row>> {
    return rows_->rectangles(stored_->told_at(from.level, key), key, from.position, part);
  });
}

Result<std::vector<Row>> ViewReader::changed(std::string_view key, Standpoint from, Position after, const std::function<bool()>& wanted) const {
  return guarded([&]() -> Result<std::vector<Row>> { return rows_->changed(stored_->told_at(from.level, key), key, after, from.position, wanted); });
}

/// What differs of one key.
struct ViewReader::OfKey {
  std::optional<Difference> knowledge, world;
};

/// Nothing where nothing that is wanted differs.
std::optional<ViewReader::OfKey> ViewReader::difference_of(std::string_view key, Visibility told_at, const Points& points,
                                                           const RowFilter& filter) const {
  using State = std::optional<std::string>;
  const auto state = [&](Instant at, Position known) -> State {
    std::optional<Row> row = rows_->row_at(told_at, key, at, known);
    return row ? State(std::move(row->state)) : std::nullopt;
  };
  const State first = state(points.a, points.known_a);
  const State middle = points.known_a == points.known_b ? first : state(points.a, points.known_b);
  const State last = points.a == points.b ? middle : state(points.b, points.known_b);
  const auto fits = [&](const State& one) { return one && matches(filter.where, *view_, *one); };
  const auto between = [&](const State& before, const State& after) -> std::optional<Difference> {
    if (before == after || (!fits(before) && !fits(after))) return std::nullopt;
    return Difference{std::string(key), before, after, {}};
  };
  OfKey found{between(first, middle), between(middle, last)};
  return found.knowledge || found.world ? std::optional(std::move(found)) : std::nullopt;
}

std::vector<Position> ViewReader::events_of_rows(std::string_view key, Visibility level, Position known, Instant after,
                                                 Instant upto) const {
  std::vector<Position> events;
  for (const Row& row : rows_->rows_between(stored_->told_at(level, key), key, known, after, upto)) {
    for (const Position event : row.because) {
      if (std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
    }
  }
  return events;
}

std::vector<Position> ViewReader::events_bearing_on(std::string_view key, Visibility level, Position after,
                                                    Position upto) const {
  std::set<Position> met;
  std::vector<Position> to_follow;
  const auto meet = [&](Position event) {
    if (event <= upto && met.insert(event).second) to_follow.push_back(event);
  };
  for (const Position event : stored_->touching(stored_->told_at(level, key), key)) meet(event);
  std::vector<Position> bearing;
  while (!to_follow.empty()) {
    const Position event = to_follow.back();
    to_follow.pop_back();
    const bool seen = log_->level_of(event) <= level;
    if (seen && event > after) bearing.push_back(event);
    for (const Link& correction : log_->links_to(Relation::corrects, event)) meet(correction.source);
    // A reader is not told of a hidden event, so not of what withdraws it; what corrects it is told as correcting what it corrected.
    if (!seen) continue;
    for (const Link& retraction : log_->links_to(Relation::retracts, event)) {
      if (retraction.level <= level) meet(retraction.source);
    }
  }
  std::sort(bearing.begin(), bearing.end());
  return bearing;
}

void ViewReader::add_reasons(Differences& differences, const Points& points, Visibility level, const RowFilter& filter) const {
  const auto still = [&filter] { return !filter.wanted || filter.wanted(); };
  const auto [known_first, known_last] = std::minmax(points.known_a, points.known_b);
  for (Difference& one : differences.knowledge) {
    if (!still()) return;
    one.because = events_bearing_on(one.key, level, known_first, known_last);
  }
  const auto [first, last] = std::minmax(points.a, points.b);
  for (Difference& one : differences.world) {
    if (!still()) return;
    one.because = events_of_rows(one.key, level, points.known_b, first, last);
  }
}

Result<Differences> ViewReader::diff(const Points& points, Visibility level, const RowFilter& filter, std::size_t keys_most) const {
  return guarded([&]() -> Result<Differences> {
    Differences differences;
    std::size_t keys = 0;
    std::string last;
    stored_->keys(level, filter.prefix, filter.after, [&](std::string_view key, Visibility told_at) {
      if (filter.wanted && !filter.wanted()) return false;
      std::optional<OfKey> found = difference_of(key, told_at, points, filter);
      if (!found) return true;
      if (keys_most > 0 && keys == keys_most) {
        differences.next = last;
        return false;
      }
      ++keys;
      last = key;
      if (found->knowledge) differences.knowledge.push_back(std::move(*found->knowledge));
      if (found->world) differences.world.push_back(std::move(*found->world));
      return true;
    });
    add_reasons(differences, points, level, filter);
    return differences;
  });
}

Result<void> ViewReader::differing_back(const Points& points, Visibility level, const RowFilter& filter,
                                        const std::function<bool(std::string_view key)>& visit) const {
  return guarded([&]() -> Result<void> {
    stored_->keys_back(level, filter.prefix, filter.after, [&](std::string_view key, Visibility told_at) {
      if (filter.wanted && !filter.wanted()) return false;
      return !difference_of(key, told_at, points, filter) || visit(key);
    });
    return {};
  });
}

}  // namespace chancery
