#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "core/json/event_json.hpp"
#include "storage/log.hpp"
#include "storage/store.hpp"

namespace rocksdb {
class Env;
}

namespace chancery {

enum class Access : std::uint8_t {
  write,  ///< alone
  read,   ///< shared with other readers; takes the ledger alone for a moment where followers must be completed
};

struct LedgerOptions {
  Access access = Access::write;
  bool create = false;                ///< a missing ledger is made; else it is not_found
  std::vector<Follower*> followers;   ///< besides the ledger's own indexes; must outlive it
  std::chrono::milliseconds wait{0};  ///< how long to wait for another process that has it
  std::string command;                ///< what the lock file says of this process
  std::string source;                 ///< for a new ledger: its URI to the outside; empty: urn:uuid: with a fresh UUID
  std::function<Instant()> clock;     ///< absent: the system's
  std::function<void(Position done, Position last)> progress;  ///< while followers are completed at opening
  /// The log has grown by commits that shared one sync: so many. Called by the thread that commits, which waits for it.
  std::function<void(std::size_t commits)> published;
  /// An event that comes alone is being recorded: called by the thread that commits, while the disk is busy with it anyway. Nobody may be
  /// shown it before it is published, which it never is if the disk fails.
  std::function<void(const Recorded& event)> being_recorded;
  /// How long a sync may usually take that a thread with other things to do waits for (`submit_here`).
  std::chrono::nanoseconds quick_sync = std::chrono::microseconds(500);
  rocksdb::Env* env = nullptr;        ///< the seam for crash tests; must outlive the ledger
};

/// More events in one commit are refused.
constexpr std::size_t commit_events_max = 100'000;

/// What must hold of a stream before an append.
struct Expected {
  enum class Kind : std::uint8_t { none, exactly, exists };
  std::string stream;
  Kind kind = Kind::none;
  std::uint64_t revision = 0;  ///< of its last event, with `exactly`
};

/// Events by what they have: any of each list that is not empty, all lists together.
struct Query {
  std::vector<std::string> types, streams, parties, tags, measures;
};

/// "Fail if an event that matches exists after that position." Checked by the writer, so it cannot race.
struct Condition {
  std::vector<Expected> streams;
  std::optional<Query> none_matches;
  Position after = 0;
};

struct AppendedEvent {
  Position position = 0;
  Id id;
  std::string stream;
  std::uint64_t revision = 0;
  bool fresh = false;  ///< false: it was known already
};
struct Appended {
  std::vector<AppendedEvent> events;  ///< as given, one each
  Position last = 0;                  ///< end of the commit, or of the ledger where nothing was new
};

/// Which events a filtered read gives.
struct Filter {
  Query query;
  std::optional<Instant> since, until;  ///< of recorded_at, or of `earliest` when reading by occurred; both inclusive
  Visibility level = Visibility::restricted;
};

/// One follower's store at one moment, complete up to `position` at least.
struct Followed {
  std::unique_ptr<Store> store;
  Position position = 0;
};

/// The append-only log and everything that follows it, in one directory owned by one process. Any thread may call; one thread at
/// a time commits, so positions are gapless and never seen out of order. Nobody may be within a call when it is destroyed.
class Ledger : public Log {
 public:
  /// Opens `directory` and completes what follows the log before it returns.
  /// Fails with: not_found, in_use (names the owner's pid and command), newer_format, corrupt (names what is missing), disk.
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& directory, const LedgerOptions& options = {});

  /// Records `events` as one commit; returns when they are on disk. The caller's thread may be the one that commits, others' events too. All or none; those known already are skipped.
  /// Fails with: refused (field, found, allowed), conflict (the actual revision or position), disk (outcome unknown: reopen to learn it).
  /// With `recorded_at` in the events, all must have the same, later than the last commit's.
  virtual Result<Appended> append(std::vector<Given> events, const Condition& condition = {}) = 0;
  /// The same without waiting: several may be under way, and share syncs.
  virtual std::future<Result<Appended>> submit(std::vector<Given> events, const Condition& condition = {}) = 0;
  /// The same; `appended` is called once, by the thread that commits, which waits for it: it may submit,
  /// but not append.
  using WhenAppended = std::function<void(Result<Appended>)>;
  virtual void submit(std::vector<Given> events, const Condition& condition, WhenAppended appended) = 0;
  /// The same for a thread that has other things to do, but can spare the time of a quick sync, which is little more than it takes to wake
  /// another thread for it. True: nobody was woken, and the caller must call `commit_submitted` when nothing else is ready for it; so it is
  /// only where nobody commits, few events come without a query condition, and the disk has synced within `quick_sync` of late.
  virtual bool submit_here(std::vector<Given> events, const Condition& condition, WhenAppended appended) = 0;
  /// Commits the little that waits to be committed, unless somebody does; much is left to the thread that has the time. Call it with no
  /// lock that what is called back takes.
  virtual void commit_submitted() = 0;

  /// Events that match, oldest first or newest first, within [from, to].
  virtual Result<void> select(const Filter& filter, Position from, Position to, bool newest_first,
                              const std::function<bool(Recorded&&)>& visit) const = 0;
  /// Events that match by (earliest, position): world time. record.* are left out.
  virtual Result<void> select_by_occurred(const Filter& filter, const std::function<bool(Recorded&&)>& visit) const = 0;

  /// A follower's store that has followed at least up to `position` (waits for it). Fails with not_found for an unknown name.
  virtual Result<Followed> followed(std::string_view follower, Position position) const = 0;
  /// Waits until every follower has followed all that is recorded.
  virtual Result<void> settle() const = 0;
  /// Nobody follows any further from `end` on: whoever waits for a follower then fails with in_use, and closing the ledger does not wait for
  /// it. What is not followed is at the next opening.
  virtual void follow_until(std::chrono::steady_clock::time_point end) = 0;
  /// Throws away what a follower keeps and builds it again beside the old, which answers until the new one has caught up.
  virtual Result<void> rebuild(std::string_view follower, const std::function<void(Position, Position)>& progress) = 0;

  /// Small things that those who are fed want kept: on the disk when this returns, and in copies of the ledger. No value: forgotten.
  /// All or none. Fails with: disk.
  using Kept = std::pair<std::string, std::optional<std::string>>;
  virtual Result<void> keep(const std::vector<Kept>& changes) = 0;
  /// All that is kept under names that begin so, by name.
  virtual Result<std::vector<std::pair<std::string, std::string>>> kept(std::string_view prefix) const = 0;

  /// An online copy of the whole ledger, as of a commit, in a new directory.
  virtual Result<Position> copy_to(const std::filesystem::path& directory) = 0;
  /// What keeps it from recording until it is opened again, or a view or the index from following, which tries again; nothing if all is well.
  virtual std::optional<Error> broken() const = 0;
  /// The ledger's URI to the outside.
  virtual const std::string& source() const = 0;
  /// Figures for `stats`: name and value.
  virtual std::vector<std::pair<std::string, std::uint64_t>> figures() const = 0;
};

/// Checks a file's events one after another as append would, each seeing the ledger and the events before it, and writes nothing to the ledger.
/// Memory is bounded whatever the number of events: what must be remembered spills to a scratch folder that goes with the rehearsal.
class Rehearsal {
 public:
  static Result<std::unique_ptr<Rehearsal>> begin(const Ledger& ledger, const std::filesystem::path& scratch_parent);
  virtual ~Rehearsal() = default;
  /// What append would do with this event: whether it is new, or why it is refused. A refused event is not remembered.
  virtual Result<AppendedEvent> add(const Given& given) = 0;
  /// Tells where one commit ends, for the order of recorded_at.
  virtual Result<void> end_of_commit() = 0;
};

}  // namespace chancery
