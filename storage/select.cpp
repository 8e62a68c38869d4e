#include <fmt/format.h>

#include <algorithm>

#include "storage/condition.hpp"
#include "storage/keys.hpp"
#include "storage/ledger_impl.hpp"
#include "storage/postings.hpp"

// Filtered reads. The index finds candidates; whether an event matches is told by the event itself.
namespace chancery {
namespace {

using Visit = std::function<bool(Recorded&&)>;

// Up to so many candidates are gathered and sorted by world time; beyond, world time is walked and each event looked at.
constexpr std::size_t gathered_max = 100'000;

bool passes(const Filter& filter, const Recorded& recorded) {
  if (recorded.event.level() > filter.level) return false;
  const std::string_view stream = recorded.stream_level > filter.level ? std::string_view("actions") : recorded.event.stream;
  return matches(filter.query, recorded.event, stream);
}

bool anything(const Query& query) {
  return query.types.empty() && query.streams.empty() && query.parties.empty() && query.tags.empty() && query.measures.empty();
}

/// Visits what passes of the candidates within [from, to].
Result<void> visit_candidates(Postings& candidates, const LogReader& log, const Filter& filter, Position from, Position to,
                              bool backward, const Visit& visit) {
  for (Position position = backward ? to : from; position >= from && position <= to; backward ? --position : ++position) {
    candidates.seek(position);
    if (!candidates.current()) return {};
    position = *candidates.current();
    if (position < from || position > to) return {};
    Result<Recorded> recorded = log.at(position);
    if (!recorded) return Failure(recorded.error());
    if (passes(filter, *recorded) && !visit(std::move(*recorded))) return {};
  }
  return {};
}

struct Moment {
  Instant earliest;
  Position position;
  auto operator<=>(const Moment&) const = default;
};

bool within(const Filter& filter, Instant earliest) {
  return (!filter.since || earliest >= *filter.since) && (!filter.until || earliest <= *filter.until);
}

/// The candidates in world time; nothing if there are too many.
std::optional<std::vector<Moment>> gather(Postings& candidates, const LogReader& log, const Filter& filter, Position to) {
  std::vector<Moment> moments;
  std::size_t seen = 0;
  for (Position position = 1; position <= to; ++position) {
    candidates.seek(position);
    if (!candidates.current() || *candidates.current() > to) break;
    if (++seen > gathered_max) return std::nullopt;
    position = *candidates.current();
    const RecordHead head = value_or_throw(log.head_at(position));
    if (!head.about_record && head.level <= filter.level && within(filter, head.earliest)) moments.push_back({head.earliest, position});
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

/// Walks world time and looks at each event.
Result<void> walk_time(const Store& index, const LogReader& log, const Filter& filter, Position to, const Visit& visit) {
  const std::unique_ptr<Cursor> cursor = index.cursor();
  cursor->seek(time_key(filter.since.value_or(Instant::min()), 0));
  for (; cursor->valid() && cursor->key().size() == 17 && cursor->key()[0] == keys::time_tag; cursor->next()) {
    const std::string_view key = cursor->key();
    if (filter.until && time_of(key) > *filter.until) return {};
    const Position position = keys::last_number(key);
    if (position > to) continue;
    Result<Recorded> recorded = log.at(position);
    if (!recorded) return Failure(recorded.error());
    if (passes(filter, *recorded) && !visit(std::move(*recorded))) return {};
  }
  return {};
}

}  // namespace

Result<void> LedgerImpl::select(const Filter& filter, Position from, Position to, bool newest_first, const Visit& visit) const {
  return guarded([&]() -> Result<void> {
    from = std::max<Position>(from, 1);
    to = std::min(to, last());
    if (filter.since) from = std::max(from, value_or_throw(commit_end_at(*this, *filter.since - std::chrono::microseconds(1))) + 1);
    if (filter.until) to = std::min(to, value_or_throw(commit_end_at(*this, *filter.until)));
    if (from > to) return {};
    if (anything(filter.query)) {
      const Visit checked = [&](Recorded&& recorded) { return !passes(filter, recorded) || visit(std::move(recorded)); };
      return newest_first ? read_backward(from, to, checked) : read(from, to, checked);
    }
    const Followed index = value_or_throw(following_->followed(Index::its_name, to));
    const auto candidates = postings(filter.query, filter.level, *index.store, *reader_, newest_first);
    return visit_candidates(*candidates, *reader_, filter, from, to, newest_first, visit);
  });
}

Result<void> LedgerImpl::select_by_occurred(const Filter& filter, const Visit& visit) const {
  return guarded([&]() -> Result<void> {
    const Position to = last();
    const Followed index = value_or_throw(following_->followed(Index::its_name, to));
    if (!anything(filter.query)) {
      const auto candidates = postings(filter.query, filter.level, *index.store, *reader_, false);
      if (const auto moments = gather(*candidates, *reader_, filter, to)) {
        for (const Moment& moment : *moments) {
          Recorded recorded = value_or_throw(reader_->at(moment.position));
          if (passes(filter, recorded) && !visit(std::move(recorded))) return {};
        }
        return {};
      }
    }
    return walk_time(*index.store, *reader_, filter, to, visit);
  });
}

/// For the writer: the index as far as it is, and the log after it.
Result<std::optional<Position>> LedgerImpl::first_match(const Query& query, Position after) const {
  return guarded([&]() -> Result<std::optional<Position>> {
    const Filter filter{query, {}, {}, Visibility::restricted};
    std::optional<Position> match;
    const Visit take = [&](Recorded&& recorded) {
      match = recorded.position;
      return false;
    };
    const Visit checked = [&](Recorded&& recorded) { return !passes(filter, recorded) || take(std::move(recorded)); };
    const Followed index = value_or_throw(following_->as_it_is(Index::its_name));
    if (after >= last()) return match;
    if (after < index.position && !anything(query)) {
      const auto candidates = postings(query, filter.level, *index.store, *reader_, false);
      value_or_throw(visit_candidates(*candidates, *reader_, filter, after + 1, std::min(index.position, last()), false, take));
      if (match) return match;
      after = index.position;
    }
    value_or_throw(read(after + 1, last(), checked));
    return match;
  });
}

}  // namespace chancery
