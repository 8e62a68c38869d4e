#include <fmt/format.h>

#include <algorithm>

#include "storage/following.hpp"
#include "storage/keys.hpp"

// What is told of followers, and what waits for them.
namespace chancery {
namespace {

Error unknown_follower(std::string_view name) {
  return {ErrorKind::not_found, "follower", chancery::quoted(name), "the name of a follower of this ledger"};
}

}  // namespace

Error Following::over() { return {ErrorKind::in_use, "ledger", "one that is being closed", "the same when it is open again"}; }

/// Waits for something that the follower's thread brings about, and has it make haste; no longer than there is time to follow, also where
/// that thread is in the midst of something.
void Following::wait_hurriedly(std::unique_lock<std::mutex>& lock, const std::function<bool()>& there) const {
  if (there()) return;
  ++waited_for_;
  hurry_.notify_all();
  while (!there() && !is_over()) {
    if (end_ == std::chrono::steady_clock::time_point::max()) moved_.wait(lock);
    else moved_.wait_until(lock, end_);
  }
  --waited_for_;
}

const Following::One* Following::find(std::string_view follower) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const One& one) { return one.follower->name() == follower; });
  return found == all_.end() ? nullptr : &*found;
}

Result<Followed> Following::followed(std::string_view follower, Position position) const {
  const One* one = find(follower);
  if (one == nullptr) return Failure(unknown_follower(follower));
  if (position > reader_.last()) {
    return refused("position", fmt::format("{}, above the last", position), fmt::format("up to {}", reader_.last()));
  }
  {
    std::unique_lock lock(state_);
    wait_hurriedly(lock, [&] { return one->error || one->owner.cursor >= position; });
    if (one->owner.cursor < position) return Failure(one->error.value_or(over()));
  }
  return as_it_is(follower);
}

Result<Followed> Following::as_it_is(std::string_view follower) const {
  const One* one = find(follower);
  if (one == nullptr) return Failure(unknown_follower(follower));
  rocksdb::DB& db = database_.db();
  const std::shared_ptr<const rocksdb::Snapshot> snapshot(
      db.GetSnapshot(), [&db](const rocksdb::Snapshot* taken) { db.ReleaseSnapshot(taken); });
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.get();
  std::string value;
  const rocksdb::Status status = db.Get(options, database_.views(), keys::owner(follower), &value);
  if (!status.ok()) return Failure(error_of(status));
  const Owner owner = owner_of(value).value_or(Owner{});
  return Followed{std::make_unique<SnapshotStore>(db, slot_of(*one, owner.slot), snapshot), owner.cursor};
}

Result<void> Following::settle() const {
  const Position last = reader_.last();
  std::unique_lock lock(state_);
  const auto all_there = [&] {
    return std::all_of(all_.begin(), all_.end(), [&](const One& one) { return one.error || one.owner.cursor >= last; });
  };
  wait_hurriedly(lock, all_there);
  for (const One& one : all_) {
    if (one.error) return Failure(*one.error);
  }
  if (!all_there()) return Failure(over());
  return {};
}

std::optional<Error> Following::broken() const {
  const std::lock_guard lock(state_);
  const auto found = std::find_if(all_.begin(), all_.end(), [](const One& one) { return one.error.has_value(); });
  return found == all_.end() ? std::nullopt : found->error;
}

std::vector<std::pair<std::string, std::uint64_t>> Following::failures() const {
  const std::lock_guard lock(state_);
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (const One& one : all_) {
    if (one.error) all.emplace_back(one.follower->name(), one.failures);
  }
  return all;
}

std::vector<std::pair<std::string, Position>> Following::cursors() const {
  const std::lock_guard lock(state_);
  std::vector<std::pair<std::string, Position>> all;
  for (const One& one : all_) all.emplace_back(one.follower->name(), one.owner.cursor);
  return all;
}

}  // namespace chancery
