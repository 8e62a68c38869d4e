#include "projections/upkeep.hpp"

#include <algorithm>

#include "projections/refold.hpp"
#include "projections/seen.hpp"

namespace chancery {
namespace {

constexpr std::uint32_t layout_version = 1;  ///< of rows.hpp and of the fold; counts in every view's version

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
  for (const Recorded& event : changes.never_live) {
    each_key(event, [&](KeyChange& key) { key.touched.push_back({event.earliest, event.chain, event.position}); });
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

class CommitUpkeep {
 public:
  CommitUpkeep(const View& view, const Log& log, WritableStore& store, Position commit_last)
      : view_(view), log_(log), rows_(store), commit_last_(commit_last) {}

  void run(const CommitChanges& changes) {
    const KeyChanges all = by_key(view_, changes[static_cast<std::size_t>(Visibility::restricted)], log_, Visibility::restricted);
    for (const Visibility level : {Visibility::public_, Visibility::partner}) run_lower(changes, all, level);
    for (const auto& [key, change] : all) refold({view_, log_, rows_, Visibility::restricted, commit_last_}, key, change);
  }

 private:
  /// Before the entries of restricted move on, since a fork copies them as they stood.
  void run_lower(const CommitChanges& changes, const KeyChanges& all, Visibility level) {
    const LevelChanges& seen = changes[static_cast<std::size_t>(level)];
    KeyChanges own = by_key(view_, seen, log_, level);
    for (const auto& [key, change] : all) own.try_emplace(key);
    for (const auto& [key, change] : own) {
      if (!rows_.reader().forked(level, key)) {
        const auto above = all.find(key);
        if (above != all.end() && above->second == change && alike(view_, change, log_, level)) continue;
        rows_.fork(level, key);
      }
      refold({view_, log_, rows_, level, commit_last_}, key, change);
    }
  }

  const View& view_;
  const Log& log_;
  RowWriter rows_;
  Position commit_last_;
};

}  // namespace

std::string follower_name(const View& view) { return "view/" + std::string(view.name()); }

ViewFollower::ViewFollower(const View& view) : view_(view), name_(follower_name(view)) {}

std::uint32_t ViewFollower::version() const { return layout_version * 1000 + view_.version(); }

void ViewFollower::follow(std::span<const Recorded> events, const Log& log, WritableStore& store) {
  while (!events.empty()) {
    const Position last = events.front().commit_last;
    const std::size_t count = last - events.front().position + 1;
    const CommitChanges changes = changes_of(events.first(count), log);
    CommitUpkeep(view_, log, store, last).run(changes);
    events = events.subspan(count);
  }
}

std::vector<std::unique_ptr<ViewFollower>> view_followers() {
  std::vector<std::unique_ptr<ViewFollower>> followers;
  for (const View* view : all_views()) followers.push_back(std::make_unique<ViewFollower>(*view));
  return followers;
}

}  // namespace chancery
