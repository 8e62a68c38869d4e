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
  return failure(ErrorKind::conflict, fmt::format("lease of position {}", position), "one that is over, or was never given", "that of an event that is handed out; it comes again");
}

}  // namespace

std::size_t Consumer::leased(Moment now) const {
  return static_cast<std::size_t>(std::count_if(items_.begin(), items_.end(), [&](const auto& item) { return !item.second.lease.empty() && item.second.lease_end > now; }));
}

std::optional<Moment> Consumer::next_due() const {
  std::optional<Moment> due;
  for (const auto& [position, item] : items_) {
    if (item.done) continue;
    const Moment when = item.lease.empty() ? item.due : item.lease_end;
    if (!due || when < *due) due = when;
  }
  return due;
}

/// Looks at more of the log, until `wanted` more are found.
void Consumer::scan(const Ledger& ledger, std::size_t wanted) {
  const Position last = ledger.last();
  if (scanned_ >= last || items_.size() >= items_max || wanted == 0) return;
  Filter filter;
  filter.query = settings_.query;
  filter.level = settings_.level;
  Position looked = last;
  value_or_throw(ledger.select(filter, scanned_ + 1, last, false, [&](Recorded&& recorded) {
    const Recorded seen = as_seen(std::move(recorded), ledger, settings_.level);
    Item item;
    item.stream = seen.event.stream;
    items_.emplace(seen.position, std::move(item));
    looked = seen.position;
    if (--wanted == 0 || items_.size() >= items_max) return false;
    looked = last;
    return true;
  }));
  scanned_ = looked;
}

std::vector<Handed> Consumer::next(const Ledger& ledger, Visibility ceiling, std::size_t most, Moment now, bool& changed) {
  const Visibility level = std::min(settings_.level, ceiling);
  asked_at_ = now;
  std::vector<Handed> handed;
  const Position before = position_;
  std::set<std::string, std::less<>> busy;  // streams in which something earlier is not done
  const auto hand = [&](Position position, Item& item) {
    Recorded recorded = value_or_throw(ledger.at(position));
    // It was found when more could be seen.
    if (recorded.event.level() > level) {
      item.done = true;
      return;
    }
    item.lease = fresh_uuid();
    item.lease_end = now + settings_.lease;
    handed.push_back({position, item.attempts + 1, item.lease, as_seen(std::move(recorded), ledger, level)});
  };
  const auto look = [&](Position from) {
    for (auto at = items_.lower_bound(from); at != items_.end() && handed.size() < most;) {
      const Position position = at->first;
      Item& item = at->second;
      ++at;
      if (item.done) continue;
      if (!item.lease.empty() && item.lease_end <= now) {
        failed(position, item, "the lease ended without an answer", std::nullopt, false, now);
        changed = true;
        if (parked_.contains(position)) continue;
      }
      if (busy.contains(item.stream)) continue;
      if (item.lease.empty() && item.due <= now) hand(position, item);
      else busy.insert(item.stream);
    }
  };
  // What was tried before a restart must not overtake what is before it in its stream.
  while (scanned_ < std::min(look_first_, ledger.last()) && items_.size() < items_max) scan(ledger, items_max);
  look(0);
  while (handed.size() < most) {
    const Position from = scanned_ + 1;
    scan(ledger, most - handed.size());
    if (scanned_ < from) break;
    look(from);
  }
  advance();
  changed = changed || position_ != before;
  return handed;
}

Result<Consumer::Item*> Consumer::find(Position position, const std::string& lease, Moment now) {
  const auto found = items_.find(position);
  if (found == items_.end() || found->second.lease != lease || lease.empty() || found->second.lease_end <= now) return lease_is_over(position);
  return &found->second;
}

Result<void> Consumer::acknowledge(Position position, const std::string& lease, Moment now) {
  Result<Item*> item = find(position, lease, now);
  if (!item) return Failure(item.error());
  (*item)->lease.clear();
  (*item)->done = true;
  advance();
  return {};
}

Result<void> Consumer::acknowledge_up_to(Position position, std::optional<Position> from) {
  if (from && *from != position_ && position != position_) {
    return failure(ErrorKind::conflict, "from", fmt::format("consumer {} at {}, whom another process moved there", name_, position_), fmt::format("{}", *from));
  }
  if (position < position_) return refused("up_to", fmt::format("{}", position), fmt::format("{} or more", position_));
  for (auto& [at, item] : items_) {
    // What was parked and is to come again was not handed out with the rest.
    if (at <= position && !(item.again && item.lease.empty())) item.done = true;
  }
  scanned_ = std::max(scanned_, position);
  advance();
  position_ = std::max(position_, position);
  return {};
}

Result<void> Consumer::send_back(Position position, const std::string& lease, const std::string& reason, std::optional<std::chrono::seconds> delay,
                                 bool park, Moment now) {
  Result<Item*> item = find(position, lease, now);
  if (!item) return Failure(item.error());
  failed(position, **item, reason, delay, park, now);
  advance();
  return {};
}

/// What of a stream was handed out after an event that must come again would be done out of order: it is taken back.
void Consumer::take_back_later(Position position, const std::string& stream) {
  for (auto at = items_.upper_bound(position); at != items_.end(); ++at) {
    if (at->second.stream == stream && !at->second.done) at->second.lease.clear();
  }
}

void Consumer::failed(Position position, Item& item, const std::string& reason, std::optional<std::chrono::seconds> delay, bool park, Moment now) {
  item.lease.clear();
  ++item.attempts;
  last_error_ = fmt::format("position {}: {}", position, reason.substr(0, reason_bytes_max));
  if (park || item.attempts > settings_.backoff.size()) {
    parked_[position] = {position, item.attempts, reason.substr(0, reason_bytes_max), now};
    item.done = true;
    return;
  }
  item.due = now + delay.value_or(settings_.backoff[item.attempts - 1]);
  take_back_later(position, item.stream);
}

/// What is done at the front is behind it for good.
void Consumer::advance() {
  while (!items_.empty() && items_.begin()->second.done && items_.begin()->first <= scanned_) {
    position_ = std::max(position_, items_.begin()->first);
    items_.erase(items_.begin());
  }
  const auto first = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return !item.second.again; });
  // What was not looked at yet is not behind it, whatever was done out of turn.
  position_ = std::max(position_, first == items_.end() ? scanned_ : std::min(first->first - 1, scanned_));
  std::erase_if(items_, [&](const auto& item) { return item.second.done && item.first <= position_; });
}

void Consumer::change(ConsumerSettings settings) {
  settings_ = std::move(settings);
  // What is under way, or was tried, stays as it is; the rest is found again, if it is still wanted.
  std::erase_if(items_, [](const auto& item) { return !item.second.again && !item.second.done && item.second.lease.empty() && item.second.attempts == 0; });
  scanned_ = position_;
  for (const auto& [position, item] : items_) {
    if (!item.again) look_first_ = std::max(look_first_, position);
  }
}

Result<void> Consumer::replay_parked(Position position) {
  const auto found = parked_.find(position);
  if (found == parked_.end()) return failure(ErrorKind::not_found, "position", fmt::format("{}, which is not parked", position), "one that is");
  parked_.erase(found);
  Item item;
  item.again = position <= position_;
  // It is out of turn already, and holds nothing up.
  item.stream = fmt::format("again {}", position);
  items_[position] = std::move(item);
  return {};
}

Result<void> Consumer::drop_parked(Position position) {
  if (parked_.erase(position) > 0) return {};
  return failure(ErrorKind::not_found, "position", fmt::format("{}, which is not parked", position), "one that is");
}

}  // namespace chancery::server
