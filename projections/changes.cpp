#include "projections/changes.hpp"

#include <algorithm>
#include <set>

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

const Recorded& find_in(std::span<const Recorded> commit, Position position) {
  return commit[position - commit.front().position];
}

Recorded event_at(Position position, std::span<const Recorded> commit, const Log& log) {
  if (position >= commit.front().position) return find_in(commit, position);
  return value_or_throw(log.at(position));
}

class Collector {
 public:
  Collector(std::span<const Recorded> commit, const Log& log) : commit_(commit), log_(log) {}

  CommitChanges collect() {
    std::set<Position> chains, twice;
    for (const Recorded& event : commit_) {
      const std::optional<Position> chain =
          event.event.about_record() ? chain_withdrawn_from(event, log_) : std::optional(event.chain);
      if (chain && !chains.insert(*chain).second) twice.insert(*chain);
    }
    for (const Position chain : chains) {
      // A chain that begins in this commit and is spoken of by nothing else in it needs no look-up.
      if (chain >= commit_.front().position && !twice.contains(chain)) {
        add_plain(find_in(commit_, chain));
      } else {
        for (const Visibility level : all_levels) add_chain(chain, level);
      }
    }
    return std::move(changes_);
  }

 private:
  LevelChanges& at(Visibility level) { return changes_[static_cast<std::size_t>(level)]; }

  void add_plain(const Recorded& event) {
    for (const Visibility level : all_levels) {
      if (event.event.level() <= level) at(level).chains.push_back({std::nullopt, event, event.position});
    }
  }

  void add_chain(Position chain, Visibility level) {
    const Sight now{commit_.back().position, level};
    const std::optional<Position> after = live_of_chain(log_, chain, now);
    std::optional<Position> before;
    if (chain < commit_.front().position) before = live_of_chain(log_, chain, {commit_.front().position - 1, level});
    if (before != after) {
      ChainChange change;
      change.place = first_seen(log_, chain, now).value();
      if (before) change.before = event_at(*before, commit_, log_);
      if (after) change.after = event_at(*after, commit_, log_);
      at(level).chains.push_back(std::move(change));
    }
    for (const Recorded& event : commit_) {
      if (!event.event.about_record() && event.chain == chain && event.event.level() <= level && event.position != after) {
        at(level).never_live.push_back(event);
      }
    }
  }

  std::span<const Recorded> commit_;
  const Log& log_;
  CommitChanges changes_;
};

}  // namespace

CommitChanges changes_of(std::span<const Recorded> commit, const Log& log) { return Collector(commit, log).collect(); }

}  // namespace chancery
