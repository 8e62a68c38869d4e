#include "tools/chancery/batches.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "projections/changes.hpp"
#include "projections/seen.hpp"
#include "tools/chancery/ask.hpp"

namespace chancery::cli {
namespace {

bool is_wanted(const Reading& reading) { return !reading.wanted || reading.wanted(); }

/// The keys of a view that commits touch.
class TouchedKeys {
 public:
  TouchedKeys(const View& view, const Reading& reading) : view_(view), reading_(reading) {}

  void add(std::span<const Recorded> commit) {
    const CommitChanges changes = changes_of(commit, *reading_.ledger);
    const LevelChanges& seen = changes.at(reading_.sight.level);
    for (const ChainChange& chain : seen.chains) {
      if (chain.before) add_keys_of(*chain.before);
      if (chain.after) add_keys_of(*chain.after);
    }
  }

  const std::set<std::string>& keys() const { return keys_; }

 private:
  void add_keys_of(const Recorded& event) {
    for (std::string& key : view_.keys(SeenThrough(event, *reading_.ledger, reading_.sight.level))) keys_.insert(std::move(key));
  }

  const View& view_;
  const Reading& reading_;
  std::set<std::string> keys_;
};

/// Why commits changed the rows of keys: those of their events that bear on the key, which touch it or, through any number of links, correct
/// or withdraw one that does.
class Causes {
 public:
  Causes(const View& view, const Reading& reading) : view_(view), reading_(reading) {}

  void add(std::span<const Recorded> commit) {
    Commit& told = commits_[commit.front().commit_last];
    for (const Recorded& event : commit) {
      if (event.event.level() <= reading_.sight.level) told.seen.push_back(event.position);
    }
    // What changed for a reader was changed by what he sees.
    if (told.seen.size() < 2) return;
    for (const Recorded& event : commit) {
      if (event.event.level() > reading_.sight.level) continue;
      for (const std::string& key : keys_borne_on(event)) told.bearing[key].push_back(event.position);
    }
  }

  /// Of a commit that was added, and a key whose rows it changed.
  const std::vector<Position>& of(Position commit, const std::string& key) const {
    const Commit& told = commits_.at(commit);
    const auto bearing = told.bearing.find(key);
    return bearing == told.bearing.end() ? told.seen : bearing->second;
  }

 private:
  using Keys = std::set<std::string>;
  struct Commit {
    std::vector<Position> seen;
    std::map<std::string, std::vector<Position>> bearing;
  };

  /// What it corrects, or withdraws; whoever does not see that is not told that it was withdrawn.
  std::optional<Recorded> target_of(const Recorded& event) const {
    const std::optional<Id>& id = event.event.corrects ? event.event.corrects : event.event.retracts;
    if (!id) return std::nullopt;
    const std::optional<Position> position = value_or_throw(reading_.ledger->find(*id));
    if (!position || (event.event.retracts && reading_.ledger->level_of(*position) > reading_.sight.level)) return std::nullopt;
    return value_or_throw(reading_.ledger->at(*position));
  }

  const Keys& keys_borne_on(const Recorded& event) {
    // A chain may be long: each event of it is looked at once.
    std::vector<std::pair<Position, Keys>> path;
    Keys below;
    for (std::optional<Recorded> here = event; here; here = target_of(*here)) {
      if (const auto known = borne_on_.find(here->position); known != borne_on_.end()) {
        below = known->second;
        break;
      }
      // What touched a key unseen is not told; that it is corrected may be what changes another.
      path.emplace_back(here->position, here->event.level() <= reading_.sight.level ? own_keys(*here) : Keys());
    }
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
      below.insert(at->second.begin(), at->second.end());
      borne_on_[at->first] = below;
    }
    return borne_on_.at(event.position);
  }

  Keys own_keys(const Recorded& event) const {
    const std::vector<std::string> keys = view_.keys(SeenThrough(event, *reading_.ledger, reading_.sight.level));
    return {keys.begin(), keys.end()};
  }

  const View& view_;
  const Reading& reading_;
  std::map<Position, Commit> commits_;  // by their ends
  std::map<Position, Keys> borne_on_;
};

struct Change {
  Position at = 0;
  bool opened = false;
  std::string key;
  Row row;
};

bool before(const Change& a, const Change& b) {
  return std::tie(a.at, a.opened, a.key, a.row.valid_from) < std::tie(b.at, b.opened, b.key, b.row.valid_from);
}

/// Rows that were opened and closed after `after` are in it twice.
Result<std::vector<Change>> changes_of_rows(const ViewReader& reader, const std::set<std::string>& keys, Standpoint from, Position after, const Reading& reading) {
  std::vector<Change> changes;
  for (const std::string& key : keys) {
    if (!is_wanted(reading)) break;
    const auto rows = reader.changed(key, from, after, reading.wanted);
    if (!rows) return Failure(rows.error());
    for (const Row& row : *rows) {
      if (row.known_from > after) {
        Row then = row;
        then.known_to = still;
        changes.push_back({row.known_from, true, key, std::move(then)});
      }
      if (row.known_to > after && row.known_to <= from.position) changes.push_back({row.known_to, false, key, row});
    }
  }
  std::sort(changes.begin(), changes.end(), before);
  return changes;
}

std::string change_line(const Asked& asked, std::string_view view, const Change& change, const std::vector<Position>& cause) {
  return fmt::format("{{\"change\":\"{}\",\"view\":\"{}\",\"key\":{},\"cause\":[{}],{}", change.opened ? "opened" : "closed", view, json_text(change.key),
                     fmt::join(cause, ","), history_row(asked, change.row).substr(1));
}

}  // namespace

Result<Batch> events_after(const Reading& reading, Position after, std::size_t lines_max) {
  Batch batch{{}, {}, after, reading.sight.upto};
  const auto read = reading.ledger->read(after + 1, reading.sight.upto, [&](Recorded&& recorded) {
    batch.end = recorded.position;
    if (recorded.event.level() > reading.sight.level) return true;
    batch.lines.push_back(event_json(as_seen(std::move(recorded), *reading.ledger, reading.sight.level)));
    return batch.lines.size() < lines_max;
  });
  if (!read) return Failure(read.error());
  return batch;
}

Result<Batch> changes_after(const Reading& reading, std::string_view view, Position after, std::size_t events_max) {
  Batch batch{{}, {}, after, reading.sight.upto};
  if (after >= reading.sight.upto) return batch;
  const Result<const View*> found = find_view(view);
  if (!found) return Failure(found.error());
  TouchedKeys touched(**found, reading);
  Causes causes(**found, reading);
  std::vector<Recorded> commit;
  std::size_t events = 0;
  const auto read = reading.ledger->read(after + 1, reading.sight.upto, [&](Recorded&& recorded) {
    const Position last_of_commit = recorded.commit_last;
    commit.push_back(std::move(recorded));
    if (commit.back().position < last_of_commit) return true;
    touched.add(commit);
    causes.add(commit);
    events += commit.size();
    batch.end = last_of_commit;
    commit.clear();
    return events < events_max && is_wanted(reading);
  });
  if (!read) return Failure(read.error());
  const Standpoint from{batch.end, reading.sight.level};
  auto reader = ViewReader::open(*reading.ledger, view, batch.end);
  if (!reader) return Failure(reader.error());
  const auto changes = changes_of_rows(*reader, touched.keys(), from, after, reading);
  if (!is_wanted(reading)) return refused("reader", "nobody who waits for it", "one that stays");
  if (!changes) return Failure(changes.error());
  const Asked asked{reading.ledger, std::move(*reader), now(), from, reading.zone};
  for (const Change& change : *changes) {
    batch.commits.push_back(change.at);
    batch.lines.push_back(change_line(asked, view, change, causes.of(change.at, change.key)));
  }
  return batch;
}

}  // namespace chancery::cli
