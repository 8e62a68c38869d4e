#include "projections/changes.hpp"

#include <algorithm>
#include <map>

namespace chancery {
namespace {

/// The chain that a record.* bears upon, through retractions of retractions; nothing where it withdraws only a source.
std::optional<Position> chain_withdrawn_from(const Recorded& retraction, const Log& log) {
  std::optional<Id> target = retraction.event.retracts;
  while (target) {
    const Recorded next = value_or_throw(log.at(value_or_throw(log.find(*target)).value()));
    if (!next.event.about_record()) return next.chain;
    target = next.event.retracts;
  }
  return std::nullopt;
}

class Collector {
 public:
  Collector(std::span<const Recorded> commit, const Log& log) : commit_(commit), log_(log) {}

  CommitChanges collect() {
    // What the commit says of each chain: its own events, and whether it is spoken of more than once.
    std::map<Position, Spoken> chains;
    for (const Recorded& event : commit_) {
      const bool about_record = event.event.about_record();
      const std::optional<Position> chain = about_record ? chain_withdrawn_from(event, log_) : std::optional(event.chain);
      if (!chain) continue;
      Spoken& spoken = chains[*chain];
      ++spoken.times;
      if (!about_record) spoken.events.push_back(&event);
    }
    for (const auto& [chain, spoken] : chains) {
      // A chain that begins in this commit and is spoken of by nothing else in it needs no look-up.
      if (chain >= commit_.front().position && spoken.times == 1) {
        add_plain(*spoken.events.front());
      } else {
        for (const Visibility level : all_levels) add_chain(chain, spoken.events, level);
      }
    }
    const LevelChanges& all = at(Visibility::restricted);
    for (LevelChanges& level : changes_.levels) {
      level.as_restricted = level.chains == all.chains && level.never_live == all.never_live;
    }
    return std::move(changes_);
  }

 private:
  struct Spoken {
    std::size_t times = 0;
    std::vector<const Recorded*> events;
  };

  LevelChanges& at(Visibility level) { return changes_.levels[static_cast<std::size_t>(level)]; }

  const Recorded* event_at(Position position) {
    if (position >= commit_.front().position) return &commit_[position - commit_.front().position];
    const auto known = looked_up_.find(position);
    if (known != looked_up_.end()) return known->second;
    changes_.looked_up.push_back(std::make_unique<const Recorded>(value_or_throw(log_.at(position))));
    return looked_up_[position] = changes_.looked_up.back().get();
  }

  void add_plain(const Recorded& event) {
    for (const Visibility level : all_levels) {
      if (event.event.level() <= level) at(level).chains.push_back({nullptr, &event, event.position});
    }
  }

  void add_chain(Position chain, const std::vector<const Recorded*>& events, Visibility level) {
    const Sight now{commit_.back().position, level};
    const std::optional<Position> after = live_of_chain(log_, chain, now);
    std::optional<Position> before;
    if (chain < commit_.front().position) before = live_of_chain(log_, chain, {commit_.front().position - 1, level});
    if (before != after) {
      ChainChange change;
      change.place = first_seen(log_, chain, now).value();
      if (before) change.before = event_at(*before);
      if (after) change.after = event_at(*after);
      at(level).chains.push_back(change);
    }
    for (const Recorded* event : events) {
      if (event->event.level() <= level && event->position != after) at(level).never_live.push_back(event);
    }
  }

  std::span<const Recorded> commit_;
  const Log& log_;
  std::map<Position, const Recorded*> looked_up_;
  CommitChanges changes_;
};

}  // namespace

CommitChanges changes_of(std::span<const Recorded> commit, const Log& log) { return Collector(commit, log).collect(); }

}  // namespace chancery
