#include "projections/upkeep.hpp"

#include <algorithm>

#include "projections/followers.hpp"
#include "projections/refold.hpp"
#include "projections/seen.hpp"

namespace chancery {
namespace {

constexpr std::uint32_t layout_version = 2;  ///< of rows.hpp and of the fold; counts in every view's version

using KeyChanges = std::map<std::string, KeyChange>;

/// The changes of each key of one view as one level sees them.
KeyChanges by_key(const View& view, const LevelChanges& changes, const Log& log, Visibility level) {
  KeyChanges keys;
  const auto each_key = [&](const Recorded& event, auto&& visit) {
    for (const std::string& key : view.keys(SeenThrough(event, log, level))) visit(keys[key]);
  };
  for (const ChainChange& chain : changes.chains) {
    if (chain.before) {
      each_key(*chain.before, [&](KeyChange& key) { key.ended.push_back({chain.before->earliest, chain.place, chain.before->position}); });
    }
    if (chain.after) {
      each_key(*chain.after, [&](KeyChange& key) { key.added.push_back({chain.after->earliest, chain.place, chain.after->position}); });
    }
  }
  for (const Recorded* event : changes.never_live) {
    each_key(*event, [&](KeyChange& key) { key.touched.push_back({event->earliest, event->chain, event->position}); });
  }
  return keys;
}

/// Whether the events of a change look the same to a lower level: only views that follow links can tell them apart.
bool alike(const View& view, const KeyChange& change, const Log& log, Visibility level) {
  if (!view.follows_links()) return true;
  for (const auto* facts : {&change.ended, &change.added, &change.touched}) {
    for (const FactChange& fact : *facts) {
      if (!seen_alike(value_or_throw(log.at(fact.event)), log, level)) return false;
    }
  }
  return true;
}

/// Brings one view's rows from commit to commit.
class Upkeep {
 public:
  Upkeep(const View& view, const Log& log, WritableStore& store) : view_(view), log_(log), rows_(store) {}

  void follow(const CommitChanges& changes, Position commit_last) {
    const KeyChanges all = by_key(view_, changes.at(Visibility::restricted), log_, Visibility::restricted);
    // Lower levels first: a fork copies the entries of restricted as they stood before this commit.
    for (const Visibility level : lower_levels) {
      const LevelChanges& seen = changes.at(level);
      if (seen.as_restricted && !view_.follows_links()) {
        follow_alike(all, level, commit_last);
      } else {
        follow_lower(by_key(view_, seen, log_, level), all, level, commit_last);
      }
    }
    for (const auto& [key, change] : all) follow_key(key, change, Visibility::restricted, commit_last);
  }

 private:
  static constexpr std::array lower_levels{Visibility::public_, Visibility::partner};

  /// What a view that follows links shows depends on what is known by then, so that its facts alone do not tell what was.
  void follow_key(std::string_view key, const KeyChange& change, Visibility level, Position commit_last) {
    refold({view_, log_, rows_, level, commit_last, !view_.follows_links()}, key, change);
  }

  /// The level sees this commit as restricted does: only keys that have forked before are its own business.
  void follow_alike(const KeyChanges& all, Visibility level, Position commit_last) {
    if (!rows_.reader().any_fork(level)) return;
    for (const auto& [key, change] : all) {
      if (rows_.reader().forked(level, key)) follow_key(key, change, level, commit_last);
    }
  }

  void follow_lower(KeyChanges own, const KeyChanges& all, Visibility level, Position commit_last) {
    for (const auto& [key, change] : all) own.try_emplace(key);
    for (const auto& [key, change] : own) {
      if (!rows_.reader().forked(level, key)) {
        const auto above = all.find(key);
        if (above != all.end() && above->second == change && alike(view_, change, log_, level)) continue;
        rows_.fork(level, key);
      }
      follow_key(key, change, level, commit_last);
    }
  }

  const View& view_;
  const Log& log_;
  RowWriter rows_;
};

/// The commits of a batch, one after another.
template <class Visit>
void each_commit(std::span<const Recorded> events, Visit&& visit) {
  while (!events.empty()) {
    const std::size_t count = events.front().commit_last - events.front().position + 1;
    visit(events.first(count));
    events = events.subspan(count);
  }
}

}  // namespace

const std::vector<CommitChanges>& SharedChanges::of(const EventBatch& batch, const Log& log) {
  if (number_ == batch.number) return changes_;
  number_ = 0;
  changes_.clear();
  each_commit(batch.events, [&](std::span<const Recorded> commit) { changes_.push_back(changes_of(commit, log)); });
  number_ = batch.number;
  return changes_;
}

ViewFollower::ViewFollower(const View& view, std::shared_ptr<SharedChanges> changes)
    : view_(view), changes_(std::move(changes)), name_(follower_name(view.name())) {}

std::uint32_t ViewFollower::version() const { return layout_version * 1000 + view_.version(); }

void ViewFollower::follow(const EventBatch& batch, const Log& log, WritableStore& store) {
  Upkeep upkeep(view_, log, store);
  auto changes = changes_->of(batch, log).begin();
  each_commit(batch.events, [&](std::span<const Recorded> commit) { upkeep.follow(*changes++, commit.back().position); });
}

std::string follower_name(std::string_view view) { return "view/" + std::string(view); }

std::vector<std::unique_ptr<Follower>> view_followers() {
  const auto changes = std::make_shared<SharedChanges>();
  std::vector<std::unique_ptr<Follower>> followers;
  for (const View* view : all_views()) followers.push_back(std::make_unique<ViewFollower>(*view, changes));
  return followers;
}

}  // namespace chancery
