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

Result<std::vector<AnswerRow>> ViewReader::timeline(std::string_view key, Standpoint from) const {
  return guarded([&]() -> Result<std::vector<AnswerRow>> {
    std::vector<AnswerRow> answer;
    const Visibility told_at = stored_->told_at(from.level, key);
    for (Row& row : rows_->rows_between(told_at, key, from.position, std::nullopt, std::nullopt)) {
      const bool is_disputed = disputed(row, from);
      answer.push_back({std::string(key), std::move(row), is_disputed});
    }
    return answer;
  });
}

Result<std::vector<Row>> ViewReader::history(std::string_view key, Standpoint from) const {
  return guarded([&]() -> Result<std::vector<Row>> {
    return rows_->rectangles(stored_->told_at(from.level, key), key, from.position);
  });
}

std::vector<Difference> ViewReader::between(Instant a, Position known_a, Instant b, Position known_b, Visibility level,
                                            const RowFilter& filter) const {
  std::vector<Difference> differences;
  stored_->keys(level, filter.prefix, filter.after, [&](std::string_view key, Visibility told_at) {
    if (filter.wanted && !filter.wanted()) return false;
    std::optional<Row> before = rows_->row_at(told_at, key, a, known_a);
    std::optional<Row> after = rows_->row_at(told_at, key, b, known_b);
    Difference difference{std::string(key), {}, {}, {}};
    if (before) difference.before = std::move(before->state);
    if (after) difference.after = std::move(after->state);
    if (difference.before == difference.after) return true;
    const bool listed = (difference.before && matches(filter.where, *view_, *difference.before)) ||
                        (difference.after && matches(filter.where, *view_, *difference.after));
    if (listed) differences.push_back(std::move(difference));
    return true;
  });
  return differences;
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

Result<Differences> ViewReader::diff(Instant a, Instant b, Position known_a, Position known_b, Visibility level,
                                     const RowFilter& filter) const {
  return guarded([&]() -> Result<Differences> {
    Differences differences{between(a, known_a, a, known_b, level, filter), between(a, known_b, b, known_b, level, filter)};
    const auto [known_first, known_last] = std::minmax(known_a, known_b);
    const auto still = [&filter] { return !filter.wanted || filter.wanted(); };
    for (Difference& one : differences.knowledge) {
      if (!still()) return differences;
      one.because = events_bearing_on(one.key, level, known_first, known_last);
    }
    const auto [first, last] = std::minmax(a, b);
    for (Difference& one : differences.world) {
      if (!still()) return differences;
      one.because = events_of_rows(one.key, level, known_b, first, last);
    }
    return differences;
  });
}

}  // namespace chancery
