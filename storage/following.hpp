#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "storage/ledger.hpp"
#include "storage/log_reader.hpp"
#include "storage/slot_store.hpp"

namespace chancery {

/// Keeps followers where the log is: each has a slot, and how far it has come lies in the batch with what it wrote.
class Following {
 public:
  using Progress = std::function<void(Position done, Position last)>;
  /// `log` is what followers are given.
  Following(DerivedDatabase& database, const LogReader& reader, const Log& log, std::vector<Follower*> followers);
  /// Stops, if it was started.
  ~Following();

  /// Finds each follower's slot, and checks that none has followed more than the log has. Fails with: corrupt, disk.
  Result<void> load();
  /// Whether each has a slot of its version and stands at the end of the log.
  bool complete() const;
  /// Gives a new slot to those that have none of their version, deletes what belongs to nobody, and follows to the end of the log.
  Result<void> bring_up(const Progress& progress);

  /// Follows in a thread of its own from now on.
  void start();
  /// The log has grown.
  void wake();
  /// From then on nothing is followed, and whoever waits for it fails. Any thread.
  void follow_until(std::chrono::steady_clock::time_point end);
  /// Follows to the end of the log, unless its time is over before, and ends the thread. Idempotent.
  void stop();
  /// Whether anything was written since it was made.
  bool wrote() const { return wrote_.load(); }

  Result<Followed> followed(std::string_view follower, Position position) const;
  /// The same as it is now, without waiting.
  Result<Followed> as_it_is(std::string_view follower) const;
  Result<void> settle() const;
  Result<void> rebuild(std::string_view follower, const Progress& progress);
  std::vector<std::pair<std::string, Position>> cursors() const;
  /// The error of one that cannot follow, if there is such a one. It tries again, less and less often.
  std::optional<Error> broken() const;
  /// How often each failed since it last followed anything, those that did not left out.
  std::vector<std::pair<std::string, std::uint64_t>> failures() const;

 private:
  struct Owner {
    std::uint32_t slot = 0, version = 0;
    Position cursor = 0;
  };
  struct Batch {
    std::vector<Recorded> events;
    std::uint64_t number = 0;  // as EventBatch has it
  };
  struct One {
    Follower* follower = nullptr;
    bool blind = false;  // writes only
    Owner owner;
    std::optional<Error> error;
    std::uint64_t failures = 0;                        // one after another
    std::chrono::steady_clock::time_point again_at{};  // with an error: when it tries again
    bool late = false;                                 // it failed, and has not been at the end of the log since
  };

  static std::optional<Owner> owner_of(std::string_view value);
  static std::string owner_value(const Owner& owner);
  Slot slot_of(const One& one, std::uint32_t number) const;
  Result<std::map<std::string, Owner>> owners() const;
  void delete_refuse();
  bool follow_once();
  Result<Batch> batch_after(Position position) const;
  std::vector<One*> furthest_behind(bool late);
  std::vector<One*> next_ones();
  void settle_accounts(One& one, const Owner& owner, const Result<void>& folded);
  static bool tries(const One& one);
  Result<void> fold(One& one, Owner& owner, const Batch& batch, bool own);
  Result<bool> rebuild_once(One& one, Owner& fresh);
  Result<void> switch_to(One& one, const Owner& fresh);
  Result<void> write(rocksdb::WriteBatch& batch);
  void delete_slot(std::uint32_t number);
  const One* find(std::string_view follower) const;
  void run();
  void follow_on();
  static Error over();
  bool is_over() const { return over_ || std::chrono::steady_clock::now() >= end_; }  // holding state_
  void wait_hurriedly(std::unique_lock<std::mutex>& lock, const std::function<bool()>& there) const;
  bool behind() const;  // holding state_
  std::optional<std::chrono::steady_clock::time_point> next_try() const;  // holding state_

  DerivedDatabase& database_;
  const LogReader& reader_;
  const Log& log_;
  std::vector<One> all_;
  std::uint32_t next_slot_ = 1;
  std::atomic<bool> wrote_{false};

  std::mutex folding_;     // one batch at a time, by whichever thread; taken before state_
  bool turn_of_late_ = false;  // guarded by folding_
  std::mutex rebuilding_;  // one rebuild at a time; taken before folding_
  mutable std::mutex state_;  // guards the owners' cursors and slots, errors, and all below
  mutable std::condition_variable moved_, hurry_;
  mutable std::size_t waited_for_ = 0;
  bool stop_ = false;
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::time_point::max();
  bool over_ = false;  // it was the end, and nothing more is followed
  std::thread thread_;
};

}  // namespace chancery
