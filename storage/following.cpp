#include "storage/following.hpp"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "storage/batch_log.hpp"
#include "storage/index.hpp"
#include "storage/keys.hpp"
#include "storage/scheduling.hpp"

namespace chancery {
namespace {

// How long the follower's thread waits for more commits to come along.
constexpr std::chrono::milliseconds patience{2};

// One that failed tries again after a second, then after twice as long each time.
constexpr std::chrono::seconds first_pause{1}, longest_pause{300};
constexpr std::uint64_t pauses_doubled_max = 9;

// A batch is small, so that whoever waits for a position near its beginning does not wait long.
constexpr std::size_t batch_events_max = 1'000;
constexpr std::uint32_t deletions_a_batch = 1'000;

rocksdb::WriteOptions unlogged() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

}  // namespace

Following::Following(DerivedDatabase& database, const LogReader& reader, const Log& log, std::vector<Follower*> followers)
    : database_(database), reader_(reader), log_(log) {
  for (Follower* follower : followers) {
    all_.push_back({follower, dynamic_cast<Index*>(follower) != nullptr, {}, {}});
  }
}

Following::~Following() { stop(); }

std::optional<Following::Owner> Following::owner_of(std::string_view value) {
  if (value.size() != keys::owner_value_bytes) return std::nullopt;
  return Owner{big_endian_at<std::uint32_t>(value), big_endian_at<std::uint32_t>(value, 4),
               big_endian_at<Position>(value, 8)};
}

std::string Following::owner_value(const Owner& owner) {
  std::string value;
  append_big_endian(value, owner.slot);
  append_big_endian(value, owner.version);
  append_big_endian(value, owner.cursor);
  return value;
}

Slot Following::slot_of(const One& one, std::uint32_t number) const {
  return {one.follower->name() == Index::its_name ? database_.index() : database_.views(), number};
}

Result<std::map<std::string, Following::Owner>> Following::owners() const {
  std::map<std::string, Owner> found;
  const std::string prefix = keys::owner("");
  const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), database_.views()));
  for (cursor->Seek(slice(prefix)); cursor->Valid() && cursor->key().starts_with(slice(prefix)); cursor->Next()) {
    if (const auto owner = owner_of(view(cursor->value()))) found[cursor->key().ToString().substr(prefix.size())] = *owner;
  }
  if (!cursor->status().ok()) return Failure(error_of(cursor->status()));
  return found;
}

Result<void> Following::load() {
  const auto found = owners();
  if (!found) return Failure(found.error());
  const Position last = reader_.last();
  for (const auto& [name, owner] : *found) {
    next_slot_ = std::max(next_slot_, owner.slot + 1);
    if (owner.cursor > last) {
      return failure(ErrorKind::corrupt, "ledger",
                     fmt::format("a log that ends at position {}, although {} has followed it to {}", last, name, owner.cursor),
                     fmt::format("the events {} to {}, which are missing; restore a backup", last + 1, owner.cursor));
    }
    for (One& one : all_) {
      if (one.follower->name() == name && one.follower->version() == owner.version) one.owner = owner;
    }
  }
  return {};
}

bool Following::complete() const {
  const std::lock_guard lock(state_);
  return std::all_of(all_.begin(), all_.end(),
                     [&](const One& one) { return one.owner.slot != 0 && one.owner.cursor == reader_.last(); });
}

/// Deletes the slots that belong to nobody: of a version before, or of a rebuild that was cut off.
void Following::delete_refuse() {
  const std::string prefix = keys::slot_prefix(0) + keys::refuse_tag;
  std::vector<std::uint32_t> slots;
  {
    const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), database_.views()));
    for (cursor->Seek(slice(prefix)); cursor->Valid() && cursor->key().starts_with(slice(prefix)); cursor->Next()) {
      slots.push_back(big_endian_at<std::uint32_t>(view(cursor->key()), prefix.size()));
    }
    throw_unless_ok(cursor->status());
  }
  for (const std::uint32_t slot : slots) {
    next_slot_ = std::max(next_slot_, slot + 1);
    delete_slot(slot);
  }
}

/// Key by key: after a failed write, RocksDB 7.8 aborts the process over a range deletion that is still in memory.
void Following::delete_slot(std::uint32_t number) {
  const std::string prefix = keys::slot_prefix(number);
  rocksdb::WriteBatch batch;
  for (rocksdb::ColumnFamilyHandle* family : {database_.index(), database_.views()}) {
    const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), family));
    for (cursor->Seek(slice(prefix)); cursor->Valid() && cursor->key().starts_with(slice(prefix)); cursor->Next()) {
      throw_unless_ok(batch.Delete(family, cursor->key()));
      if (batch.Count() < deletions_a_batch) continue;
      value_or_throw(write(batch));
      batch.Clear();
    }
    throw_unless_ok(cursor->status());
  }
  throw_unless_ok(batch.Delete(database_.views(), keys::refuse(number)));
  value_or_throw(write(batch));
}

Result<void> Following::write(rocksdb::WriteBatch& batch) {
  wrote_ = true;
  const rocksdb::Status status = database_.db().Write(unlogged(), &batch);
  if (!status.ok()) return Failure(error_of(status));
  return {};
}

Result<void> Following::bring_up(const Progress& progress) {
  return guarded([&]() -> Result<void> {
    delete_refuse();
    const auto found = value_or_throw(owners());
    rocksdb::WriteBatch batch;
    for (One& one : all_) {
      if (one.owner.slot != 0) continue;
      const std::string name(one.follower->name());
      if (const auto old = found.find(name); old != found.end()) {
        throw_unless_ok(batch.Put(database_.views(), keys::refuse(old->second.slot), {}));
      }
      one.owner = {next_slot_++, one.follower->version(), 0};
      throw_unless_ok(batch.Put(database_.views(), keys::owner(name), owner_value(one.owner)));
    }
    if (batch.Count() > 0) {
      value_or_throw(write(batch));
      delete_refuse();
    }
    while (follow_once()) {
      if (progress) progress(furthest_behind(false).empty() ? reader_.last() : furthest_behind(false).front()->owner.cursor, reader_.last());
    }
    for (const One& one : all_) {
      if (one.error) return Failure(*one.error);
    }
    return {};
  });
}

/// Whole commits from the one after `position` on, as many as a batch holds; at least one.
Result<Following::Batch> Following::batch_after(Position position) const {
  static std::atomic<std::uint64_t> made{0};
  Batch batch{{}, ++made};
  const auto read = reader_.read(position + 1, reader_.last(), [&](Recorded&& recorded) {
    const bool ends = recorded.position == recorded.commit_last;
    batch.events.push_back(std::move(recorded));
    return !(ends && batch.events.size() >= batch_events_max);
  });
  if (!read) return Failure(read.error());
  return batch;
}

/// Whether it may follow: one that failed may when its time has come.
bool Following::tries(const One& one) { return !one.error || std::chrono::steady_clock::now() >= one.again_at; }

/// Those that stand furthest behind, all at the same position, of those that are late or of the others; empty if there is nothing to
/// follow. One thread reads the slots: holding folding_.
std::vector<Following::One*> Following::furthest_behind(bool late) {
  std::vector<One*> last_ones;
  Position lowest = reader_.last();
  for (One& one : all_) {
    if (one.late != late || !tries(one) || one.owner.cursor > lowest || one.owner.cursor == reader_.last()) continue;
    if (one.owner.cursor < lowest) last_ones.clear();
    lowest = one.owner.cursor;
    last_ones.push_back(&one);
  }
  return last_ones;
}

/// Those that failed catch up in turns with the others, who need not wait for them.
std::vector<Following::One*> Following::next_ones() {
  std::vector<One*> others = furthest_behind(false), late = furthest_behind(true);
  if (late.empty() || (!others.empty() && !std::exchange(turn_of_late_, true))) return others;
  turn_of_late_ = false;
  return late;
}

/// One batch for those that are furthest behind; false if there was nothing to do.
bool Following::follow_once() {
  const std::lock_guard folding(folding_);
  const std::vector<One*> last_ones = next_ones();
  if (last_ones.empty()) return false;
  const Result<Batch> events = batch_after(last_ones.front()->owner.cursor);
  for (One* one : last_ones) {
    let_others_run();
    // After a write failed, RocksDB takes no other until it is told to go on.
    if (one->error) database_.db().Resume().PermitUncheckedError();
    Owner owner = one->owner;
    const Result<void> folded = events ? fold(*one, owner, *events, true) : Result<void>(Failure(events.error()));
    const std::lock_guard lock(state_);
    settle_accounts(*one, owner, folded);
  }
  moved_.notify_all();
  return true;
}

/// Notes how far it came, or when it tries again. Holding state_.
void Following::settle_accounts(One& one, const Owner& owner, const Result<void>& folded) {
  if (folded) {
    one.owner = owner;
    one.error.reset();
    one.failures = 0;
    one.late = one.late && owner.cursor < reader_.last();
    return;
  }
  one.error = folded.error();
  one.late = true;
  const auto pause = first_pause * (std::uint64_t{1} << std::min(one.failures, pauses_doubled_max));
  one.again_at = std::chrono::steady_clock::now() + std::min<std::chrono::seconds>(pause, longest_pause);
  ++one.failures;
}

/// Lets a follower follow a batch into the slot of `owner`, in one write with how far it has come; `own`: the slot is the one that is read.
Result<void> Following::fold(One& one, Owner& owner, const Batch& batch, bool own) {
  try {
    const Slot slot = slot_of(one, owner.slot);
    const auto follow = [&](WritableStore& store) { one.follower->follow({batch.events, batch.number}, BatchLog(log_, batch.events), store); };
    owner.cursor = batch.events.back().position;
    const auto finish = [&](rocksdb::WriteBatch& written) {
      if (own) throw_unless_ok(written.Put(database_.views(), keys::owner(one.follower->name()), owner_value(owner)));
      return write(written);
    };
    if (one.blind) {
      rocksdb::WriteBatch written;
      BlindStore store(written, slot);
      follow(store);
      return finish(written);
    }
    BatchStore store(database_.db(), slot);
    follow(store);
    return finish(store.batch());
  } catch (const MachineFailure& broken) {
    return Failure(broken.error);
  } catch (const std::exception& broken) {
    return failure(ErrorKind::corrupt, "follower " + std::string(one.follower->name()), broken.what(),
                   fmt::format("events up to position {} that it can follow", owner.cursor));
  }
}

void Following::start() {
  thread_ = std::thread([this] { run(); });
}

void Following::wake() {
  { const std::lock_guard lock(state_); }
  moved_.notify_all();
}

void Following::follow_until(std::chrono::steady_clock::time_point end) {
  {
    const std::lock_guard lock(state_);
    end_ = end;
  }
  moved_.notify_all();
}

void Following::stop() {
  {
    const std::lock_guard lock(state_);
    stop_ = true;
  }
  moved_.notify_all();
  hurry_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Following::behind() const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const One& one) { return (stop_ ? !one.error : tries(one)) && one.owner.cursor < reader_.last(); });
}

/// When the first of those that failed tries again.
std::optional<std::chrono::steady_clock::time_point> Following::next_try() const {
  std::optional<std::chrono::steady_clock::time_point> first;
  for (const One& one : all_) {
    if (one.error) first = std::min(first.value_or(one.again_at), one.again_at);
  }
  return first;
}

void Following::run() {
  run_after_others();
  follow_on();
  {
    const std::lock_guard lock(state_);
    over_ = true;
  }
  moved_.notify_all();
}

void Following::follow_on() {
  for (;;) {
    {
      std::unique_lock lock(state_);
      const auto there = [&] { return stop_ || behind(); };
      if (const auto again_at = next_try()) moved_.wait_until(lock, *again_at, there);
      else moved_.wait(lock, there);
      if (stop_ && !behind()) return;
      if (!behind()) continue;
      if (is_over()) return;
      // A moment's patience makes one batch of many small commits, unless somebody waits for them.
      hurry_.wait_for(lock, patience, [&] { return stop_ || waited_for_ > 0; });
    }
    follow_once();
  }
}

}  // namespace chancery
