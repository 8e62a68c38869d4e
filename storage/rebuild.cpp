#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include "storage/following.hpp"
#include "storage/keys.hpp"

// A rebuild folds the whole log into a slot beside the one that is read, batch by batch, in turns with the thread that follows. In
// the turn in which it has caught up, one write makes it the slot that is read.
namespace chancery {
namespace {

using namespace std::chrono_literals;

// How long a rebuild lets those who follow go first, each turn.
constexpr auto courtesy = 2ms;

}  // namespace

Result<void> Following::rebuild(std::string_view follower, const Progress& progress) {
  const std::lock_guard rebuilding(rebuilding_);
  One* const one = const_cast<One*>(find(follower));
  if (one == nullptr) {
    return failure(ErrorKind::not_found, "follower", chancery::quoted(follower), "the name of a follower of this ledger");
  }
  Owner fresh{0, one->follower->version(), 0};
  {
    const std::lock_guard folding(folding_);
    fresh.slot = next_slot_++;
    rocksdb::WriteBatch batch;
    if (const auto put = batch.Put(database_.views(), keys::refuse(fresh.slot), {}); !put.ok()) return Failure(error_of(put));
    if (auto written = write(batch); !written) return written;
  }
  for (;;) {
    {
      // What it has written is thrown away at the next opening.
      const std::lock_guard lock(state_);
      if (is_over()) return Failure(over());
    }
    const Result<bool> switched = rebuild_once(*one, fresh);
    if (!switched) {
      static_cast<void>(guarded([&]() -> Result<void> { delete_slot(fresh.slot); return {}; }));
      return Failure(switched.error());
    }
    if (progress) progress(fresh.cursor, reader_.last());
    if (*switched) break;
    std::unique_lock lock(state_);
    moved_.wait_for(lock, courtesy, [&] { return over_ || !behind(); });
  }
  return guarded([&]() -> Result<void> {
    delete_refuse();
    return {};
  });
}

/// One turn; true once the rebuilt slot is the one that is read.
Result<bool> Following::rebuild_once(One& one, Owner& fresh) {
  if (fresh.cursor == reader_.last()) {
    const std::lock_guard folding(folding_);
    if (fresh.cursor < one.owner.cursor) return false;
    const Result<void> switched = switch_to(one, fresh);
    if (!switched) return Failure(switched.error());
    return true;
  }
  const Result<Batch> events = batch_after(fresh.cursor);
  if (!events) return Failure(events.error());
  const std::lock_guard folding(folding_);
  const Result<void> folded = fold(one, fresh, *events, false);
  if (!folded) return Failure(folded.error());
  if (fresh.cursor < one.owner.cursor || fresh.cursor < reader_.last()) return false;
  const Result<void> switched = switch_to(one, fresh);
  if (!switched) return Failure(switched.error());
  return true;
}

Result<void> Following::switch_to(One& one, const Owner& fresh) {
  rocksdb::WriteBatch batch;
  for (const rocksdb::Status& status :
       {batch.Put(database_.views(), keys::owner(one.follower->name()), owner_value(fresh)),
        batch.Delete(database_.views(), keys::refuse(fresh.slot)),
        batch.Put(database_.views(), keys::refuse(one.owner.slot), {})}) {
    if (!status.ok()) return Failure(error_of(status));
  }
  if (auto written = write(batch); !written) return written;
  {
    const std::lock_guard lock(state_);
    settle_accounts(one, fresh, {});
  }
  moved_.notify_all();
  return {};
}

}  // namespace chancery
