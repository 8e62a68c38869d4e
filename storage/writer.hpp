#pragma once

#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "storage/condition.hpp"
#include "storage/folder.hpp"
#include "storage/ledger.hpp"
#include "storage/overlay.hpp"
#include "storage/stream_heads.hpp"

namespace chancery {

/// Commits, on one thread at a time: that of a caller who waits anyway and finds nobody committing, else the writer's own. Callers queue;
/// whatever waits while the disk syncs shares the next sync. Nobody else writes to the database meanwhile.
class Writer {
 public:
  struct Surroundings {
    LogDatabase& database;
    LogReader& log;
    HeadFile head;
    std::function<Instant()> clock;
    std::chrono::nanoseconds quick_sync;
    std::function<void(std::size_t commits)> published;  ///< called after each publication, by the thread that commits
    std::function<void(const Recorded& event)> being_recorded;  ///< as LedgerOptions has it; may be absent
    /// The first event after a position that matches, among those the log has.
    FirstMatch first_match;
  };
  /// Reads the last commit's recorded_at. Throws MachineFailure.
  explicit Writer(Surroundings surroundings);
  /// Commits what is queued, then ends.
  ~Writer();

  /// `when_appended` is called by the thread that commits.
  void submit(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended);
  /// The same; true: nobody is woken, and the caller calls `commit_submitted`.
  bool submit_here(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended);
  void commit_submitted();
  /// Returns when it is on the disk.
  Result<Appended> append(std::vector<Given> events, Condition condition);
  /// Keeps small things, as the ledger says. Returns when they are on the disk.
  Result<void> keep(const std::vector<Ledger::Kept>& changes);
  /// Runs `job` between two commits, with nothing half-written, and returns what it returns.
  Result<void> between_commits(const std::function<Result<void>()>& job);

  /// How often the disk was synced, and how many commits shared it.
  std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  /// The failure after which nothing is written any more.
  std::optional<Error> broken() const;
  /// The recorded_at of the last commit, and the time now.
  Instant last_recorded_at() const;
  Instant now() const { return around_.clock(); }

 private:
  struct Request {
    std::vector<Given> events;
    Condition condition;
    std::vector<Recorded> fresh;  // its addresses stay: reserved before the first
    Appended appended;
    Ledger::WhenAppended when_appended;
    const std::vector<Ledger::Kept>* kept = nullptr;     // instead of events
    const std::function<Result<void>()>* job = nullptr;  // instead of events
    std::promise<Result<void>> job_promise;
  };

  void run();
  static std::unique_ptr<Request> request_of(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended);
  void enqueue(std::unique_ptr<Request> request);
  Result<Appended> commit_and_wait(std::unique_ptr<Request> request);
  enum class Turn : std::uint8_t { whole, little };
  void take_turn(std::unique_lock<std::mutex>& lock, Turn turn) noexcept;
  static bool is_little(const Request& request);
  std::unique_ptr<Request> pop(Turn turn);
  void take_group(Turn turn);
  Result<void> admit_all(Request& request);
  Result<void> admit_each(Request& request);
  Result<Instant> commit_instant(const Request& request) const;
  Result<void> stage(Request& request, Position before);
  void put(const Recorded& recorded, const std::vector<LinkTo>& links);
  void put(const std::vector<Ledger::Kept>& changes);
  void commit_group();
  void publish_group();
  rocksdb::Status write_synced();
  void tell_of_only_event() const;
  void run_job(Request& request);

  // Of whoever has the turn.
  Surroundings around_;
  StreamHeads heads_;
  Overlay overlay_;
  rocksdb::WriteBatch batch_;
  std::string bytes_;
  std::vector<std::vector<LinkTo>> links_;  // of the fresh events of the request at hand
  std::vector<std::unique_ptr<Request>> group_;
  Instant group_recorded_at_ = Instant::min();  // of the last commit of the group, or before it
  std::size_t group_commits_ = 0;               // of group_, those that bring something new

  mutable std::mutex mutex_;  // guards all below up to the thread
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Request>> queue_;
  bool committing_ = false;  // somebody has the turn
  std::optional<std::thread::id> promised_;  // who will call commit_submitted
  bool waits_ = false;  // the writer's thread has begun
  bool stop_ = false;
  std::optional<Error> broken_;
  Instant recorded_at_ = Instant::min();

  std::atomic<std::uint64_t> syncs_{0}, commits_{0};
  std::atomic<std::chrono::nanoseconds> usual_sync_;  // the mean of the latest, older ones counting ever less
  std::thread thread_;  // last: everything is there when it starts
};

}  // namespace chancery
