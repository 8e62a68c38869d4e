#include "tools/chancery/batches.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "projections/changes.hpp"
#include "projections/seen.hpp"
#include "tools/chancery/ask.hpp"

namespace chancery::cli {
namespace {

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
Result<std::vector<Change>> changes_of_rows(const ViewReader& reader, const std::set<std::string>& keys, Standpoint from, Position after) {
  std::vector<Change> changes;
  for (const std::string& key : keys) {
    const auto rows = reader.changed(key, from, after);
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

/// One commit as a reader sees it.
struct Commit {
  Position first = 0;
  std::vector<Position> seen;
};
using Commits = std::map<Position, Commit>;  // by their ends

/// Why commits changed the rows of keys: those of their events that bear on the key.
class Causes {
 public:
  Causes(const ViewReader& reader, Visibility level, const Commits& commits) : reader_(reader), level_(level), commits_(commits) {}

  /// Throws MachineFailure.
  const std::vector<Position>& of(Position commit, const std::string& key) {
    const auto& [first, seen] = commits_.at(commit);
    // What changed for a reader was changed by what he sees.
    if (seen.size() == 1) return seen;
    const auto [found, fresh] = worked_out_.try_emplace({commit, key});
    if (fresh) found->second = value_or_throw(reader_.bearing_on(key, {commit, level_}, first - 1));
    return found->second;
  }

 private:
  const ViewReader& reader_;
  const Visibility level_;
  const Commits& commits_;
  std::map<std::pair<Position, std::string>, std::vector<Position>> worked_out_;
};

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
  Commits commits;
  std::vector<Recorded> commit;
  std::size_t events = 0;
  const auto read = reading.ledger->read(after + 1, reading.sight.upto, [&](Recorded&& recorded) {
    const Position last_of_commit = recorded.commit_last;
    const bool is_seen = recorded.event.level() <= reading.sight.level;
    commit.push_back(std::move(recorded));
    Commit& read_so_far = commits.try_emplace(last_of_commit, Commit{commit.front().position, {}}).first->second;
    if (is_seen) read_so_far.seen.push_back(commit.back().position);
    if (commit.back().position < last_of_commit) return true;
    touched.add(commit);
    events += commit.size();
    batch.end = last_of_commit;
    commit.clear();
    return events < events_max;
  });
  if (!read) return Failure(read.error());
  const Standpoint from{batch.end, reading.sight.level};
  auto reader = ViewReader::open(*reading.ledger, view, batch.end);
  if (!reader) return Failure(reader.error());
  const auto changes = changes_of_rows(*reader, touched.keys(), from, after);
  if (!changes) return Failure(changes.error());
  const Asked asked{reading.ledger, std::move(*reader), now(), from, reading.zone};
  Causes causes(asked.reader, from.level, commits);
  for (const Change& change : *changes) {
    batch.commits.push_back(change.at);
    batch.lines.push_back(change_line(asked, view, change, causes.of(change.at, change.key)));
  }
  return batch;
}

}  // namespace chancery::cli
