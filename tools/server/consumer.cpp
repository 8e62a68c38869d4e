#include "tools/server/consumer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/uuid.hpp"
#include "projections/seen.hpp"
#include "storage/condition.hpp"

namespace chancery::server {
namespace {

// So many events may be under way, or wait for their next try, before those after them must wait too.
constexpr std::size_t items_max = 10'000;
constexpr std::size_t reason_bytes_max = 500;

Failure lease_is_over(Position position) {
  return failure(ErrorKind::conflict, "lease", fmt::format("one of position {} that is over, or was never given", position), "that of an event that is handed out; it comes again");
}

}  // namespace

std::size_t Consumer::leased(const Now& now) const {
  return static_cast<std::size_t>(std::count_if(items_.begin(), items_.end(), [&](const auto& item) { return !item.second.lease.empty() && item.second.lease_end > now.steady; }));
}

std::string Consumer::stopped_because() const {
  return parked_.size() < parked_max ? "" : fmt::format("{} events are parked, and it stops at {}: replay or drop some", parked_.size(), parked_max);
}

std::optional<std::chrono::steady_clock::time_point> Consumer::next_due() const {
  std::optional<std::chrono::steady_clock::time_point> due;
  for (const auto& [position, item] : items_) {
    if (item.done) continue;
    const auto when = item.lease.empty() ? item.due : item.lease_end;
    if (!due || when < *due) due = when;
  }
  return due;
}

/// Looks at more of the log, until `wanted` more are found.
void Consumer::scan(const Ledger& ledger, Visibility level, std::size_t wanted) {
  const Position last = ledger.last();
  if (scanned_ >= last || items_.size() >= items_max || wanted == 0) return;
  Filter filter;
  filter.query = settings_.query;
  filter.level = level;
  Position looked = last;
  value_or_throw(ledger.select(filter, scanned_ + 1, last, false, [&](Recorded&& recorded) {
    const Recorded seen = as_seen(std::move(recorded), ledger, level);
    Item item;
    item.level = level;
    item.stream = seen.event.stream;
    items_.emplace(seen.position, std::move(item));
    looked = seen.position;
    if (--wanted == 0 || items_.size() >= items_max) return false;
    looked = last;
    return true;
  }));
  scanned_ = looked;
}

/// Under a lease, as `level` sees it; nothing where it was found to be wanted when more could be seen.
std::optional<Handed> Consumer::hand(const Ledger& ledger, Visibility level, Items::value_type& found, const Now& now) {
  auto& [position, item] = found;
  Recorded recorded = value_or_throw(ledger.at(position));
  bool seen = recorded.event.level() <= level;
  if (seen) {
    recorded = as_seen(std::move(recorded), ledger, level);
    seen = level >= item.level || matches(settings_.query, recorded.event, recorded.event.stream);
  }
  if (!seen) {
    item.done = true;
    touched_.insert(position);
    return std::nullopt;
  }
  item.lease = fresh_uuid();
  item.lease_end = now.steady + settings_.lease;
  return Handed{position, item.attempts + 1, item.lease, std::move(recorded)};
}

Result<std::vector<Handed>> Consumer::next(const Ledger& ledger, Visibility ceiling, std::size_t most, const Now& now, bool& changed) {
  const Visibility level = std::min(settings_.level, ceiling);
  asked_at_ = now.system;
  if (parked_.size() >= parked_max) return failure(ErrorKind::conflict, "parked", stopped_because(), fmt::format("fewer than {}", parked_max));
  if (follows_ && (!follows_->view.empty() || follows_->level < level)) return follows_already("chancery tail --consumer, or a consumer of another name");
  handed_out_ = true;
  std::vector<Handed> handed;
  std::set<std::string, std::less<>> busy;  // streams in which something earlier is not done
  const auto look = [&](Position from) {
    for (auto at = items_.lower_bound(from); at != items_.end() && handed.size() < most; ++at) {
      const Position position = at->first;
      Item& item = at->second;
      if (item.done) continue;
      if (!item.lease.empty() && item.lease_end <= now.steady) {
        failed(position, item, "the lease ended without an answer", std::nullopt, false, now);
        changed = true;
        if (parked_.contains(position)) continue;
      }
      if (busy.contains(item.stream)) continue;
      if (!item.lease.empty() || item.due > now.steady) busy.insert(item.stream);
      else if (auto one = hand(ledger, level, *at, now)) handed.push_back(std::move(*one));
    }
  };
  // What was tried before a restart must not overtake what is before it in its stream.
  while (scanned_ < std::min(look_first_, ledger.last()) && items_.size() < items_max) scan(ledger, level, items_max);
  look(0);
  while (handed.size() < most) {
    const Position from = scanned_ + 1;
    scan(ledger, level, most - handed.size());
    if (scanned_ < from) break;
    look(from);
  }
  advance();
  return handed;
}

Result<Consumer::Item*> Consumer::find(Position position, const std::string& lease, const Now& now) {
  const auto found = items_.find(position);
  if (found == items_.end() || found->second.lease != lease || lease.empty() || found->second.lease_end <= now.steady) return lease_is_over(position);
  return &found->second;
}

bool Consumer::is_done(Position position) const {
  const auto found = items_.find(position);
  return found != items_.end() ? found->second.done : position <= position_ && !parked_.contains(position);
}

Result<void> Consumer::acknowledge(const std::vector<Lease>& all, const Now& now) {
  for (const Lease& given : all) {
    if (is_done(given.position)) continue;
    if (auto item = find(given.position, given.lease, now); !item) return Failure(item.error());
  }
  for (const Lease& given : all) {
    const auto found = items_.find(given.position);
    if (found == items_.end() || found->second.done) continue;
    found->second.lease.clear();
    found->second.done = true;
    touched_.insert(given.position);
  }
  advance();
  return {};
}

Result<void> Consumer::acknowledge_up_to(Position position, std::optional<Position> from, const std::optional<Follows>& follows) {
  if (follows && known_to_follow().value_or(*follows) != *follows) return follows_already("the same view and visibility, or a consumer of another name");
  if (from && *from != position_ && position != position_) {
    return failure(ErrorKind::conflict, "from", fmt::format("consumer {} at {}, whom another process moved there", name_, position_), fmt::format("{}", *from));
  }
  if (position < position_) return refused("up_to", fmt::format("{}", position), fmt::format("{} or more", position_));
  if (follows) follows_ = follows;
  else handed_out_ = true;
  for (auto& [at, item] : items_) {
    // What was parked and is to come again was not handed out with the rest.
    if (at > position || (item.again && item.lease.empty())) continue;
    item.done = true;
    touched_.insert(at);
  }
  scanned_ = std::max(scanned_, position);
  advance();
  position_ = std::max(position_, position);
  return {};
}

Result<void> Consumer::send_back(Position position, const std::string& lease, const std::string& reason, std::optional<std::chrono::seconds> delay,
                                 bool park, const Now& now) {
  Result<Item*> item = find(position, lease, now);
  if (!item) return Failure(item.error());
  failed(position, **item, reason, delay, park, now);
  advance();
  return {};
}

/// What of a stream was handed out after an event that must come again would be done out of order: it is taken back.
void Consumer::take_back_later(Position position, const std::string& stream) {
  for (auto at = items_.upper_bound(position); at != items_.end(); ++at) {
    if (at->second.stream != stream || at->second.done || at->second.lease.empty()) continue;
    at->second.lease.clear();
    touched_.insert(at->first);
  }
}

void Consumer::failed(Position position, Item& item, const std::string& reason, std::optional<std::chrono::seconds> delay, bool park, const Now& now) {
  touched_.insert(position);
  item.lease.clear();
  ++item.attempts;
  last_error_ = fmt::format("position {}: {}", position, reason.substr(0, reason_bytes_max));
  if (park || item.attempts > settings_.backoff.size()) {
    parked_[position] = {position, item.attempts, reason.substr(0, reason_bytes_max), now.system};
    item.done = true;
    return;
  }
  item.due = now.steady + delay.value_or(settings_.backoff[item.attempts - 1]);
  take_back_later(position, item.stream);
}

/// What is done at the front is behind it for good.
void Consumer::advance() {
  while (!items_.empty() && items_.begin()->second.done && items_.begin()->first <= scanned_) {
    position_ = std::max(position_, items_.begin()->first);
    forget(items_.begin());
  }
  const auto first = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return !item.second.again; });
  // What was not looked at yet is not behind it, whatever was done out of turn.
  position_ = std::max(position_, first == items_.end() ? scanned_ : std::min(first->first - 1, scanned_));
  for (auto at = items_.begin(); at != items_.end() && at->first <= position_;) at = at->second.done ? forget(at) : std::next(at);
}

Consumer::Items::iterator Consumer::forget(Items::iterator item) {
  touched_.insert(item->first);
  return items_.erase(item);
}

void Consumer::hand_over(const Now& now) {
  for (const auto& [position, item] : items_) {
    if (!item.lease.empty() && item.lease_end > now.steady) touched_.insert(position);
  }
}

/// What is told as it, as far as that is known.
std::optional<Follows> Consumer::known_to_follow() const {
  return follows_ || !handed_out_ ? follows_ : Follows{"", settings_.level};
}

Failure Consumer::follows_already(std::string allowed) const {
  const Follows before = *known_to_follow();
  return failure(ErrorKind::conflict, "name", fmt::format("{}, as which {} are told at level {}", quoted(name_), before.view.empty() ? "events" : "changes of " + before.view, word(before.level)),
                 std::move(allowed));
}

void Consumer::change(ConsumerSettings settings) {
  settings_ = std::move(settings);
  // What is under way, or was tried, stays as it is; the rest is found again, if it is still wanted.
  for (auto at = items_.begin(); at != items_.end();) at = at->second.must_be_kept() ? std::next(at) : forget(at);
  scanned_ = position_;
  for (const auto& [position, item] : items_) {
    if (!item.again) look_first_ = std::max(look_first_, position);
  }
}

Result<void> Consumer::replay_parked(Position position) {
  const auto found = parked_.find(position);
  if (found == parked_.end()) return failure(ErrorKind::not_found, "position", fmt::format("{}, which is not parked", position), "one that is");
  parked_.erase(found);
  touched_.insert(position);
  Item item;
  item.again = position <= position_;
  // It is out of turn already, and holds nothing up.
  item.stream = fmt::format("again {}", position);
  items_[position] = std::move(item);
  return {};
}

Result<void> Consumer::drop_parked(Position position) {
  if (parked_.erase(position) > 0) {
    touched_.insert(position);
    return {};
  }
  return failure(ErrorKind::not_found, "position", fmt::format("{}, which is not parked", position), "one that is");
}

}  // namespace chancery::server
