#include "storage/ledger_impl.hpp"

#include <fmt/format.h>

#include "storage/keys.hpp"

namespace chancery {
namespace {

namespace fs = std::filesystem;

Error open_for_reading() {
  return {ErrorKind::refused, "ledger", "open for reading", "a ledger that is open for writing"};
}

}  // namespace

Result<Appended> LedgerImpl::append(std::vector<Given> events, const Condition& condition) {
  if (writer_) return writer_->append(std::move(events), condition);
  return Failure(open_for_reading());
}

std::future<Result<Appended>> LedgerImpl::submit(std::vector<Given> events, const Condition& condition) {
  const auto promise = std::make_shared<std::promise<Result<Appended>>>();
  submit(std::move(events), condition, [promise](Result<Appended> appended) { promise->set_value(std::move(appended)); });
  return promise->get_future();
}

void LedgerImpl::submit(std::vector<Given> events, const Condition& condition, WhenAppended appended) {
  if (writer_) return writer_->submit(std::move(events), condition, std::move(appended));
  appended(Failure(open_for_reading()));
}

bool LedgerImpl::submit_here(std::vector<Given> events, const Condition& condition, WhenAppended appended) {
  if (writer_) return writer_->submit_here(std::move(events), condition, std::move(appended));
  appended(Failure(open_for_reading()));
  return false;
}

void LedgerImpl::commit_submitted() {
  if (writer_) writer_->commit_submitted();
}

Result<void> LedgerImpl::keep(const std::vector<Kept>& changes) {
  if (!writer_) return Failure(open_for_reading());
  return writer_->keep(changes);
}

Result<std::vector<std::pair<std::string, std::string>>> LedgerImpl::kept(std::string_view prefix) const {
  const std::string first = keys::kept(prefix), after = keys::after_prefix(first);
  std::vector<std::pair<std::string, std::string>> all;
  const std::unique_ptr<rocksdb::Iterator> entries(log_->db().NewIterator(ordered(), log_->log()));
  for (entries->Seek(first); entries->Valid() && view(entries->key()) < after; entries->Next()) {
    all.emplace_back(view(entries->key()).substr(1), view(entries->value()));
  }
  if (!entries->status().ok()) return Failure(error_of(entries->status()));
  return all;
}

Result<void> LedgerImpl::rebuild(std::string_view follower, const std::function<void(Position, Position)>& progress) {
  if (!writer_) return Failure(open_for_reading());
  return guarded([&] { return following_->rebuild(follower, progress); });
}

Instant LedgerImpl::last_recorded_at() const {
  if (writer_) return writer_->last_recorded_at();
  const Position end = last();
  return end == 0 ? Instant::min() : value_or_throw(head_at(end)).recorded_at;
}

Result<Position> LedgerImpl::copy_to(const fs::path& directory) {
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_empty(directory, error)) {
    return refused("directory", chancery::quoted(directory.string()) + ", where something is already", "a new or empty folder");
  }
  if (auto made = make_folder(directory); !made) return Failure(made.error());
  Position position = 0;
  const auto job = [&]() -> Result<void> {
    // What is derived first: it is never ahead of the log.
    if (auto copied = derived_->copy_to(derived_folder(directory)); !copied) return copied;
    if (auto copied = log_->copy_to(log_folder(directory)); !copied) return copied;
    position = last();
    Result<HeadFile> head = HeadFile::open(directory);
    if (!head) return Failure(head.error());
    head->write(position);
    return write_format(directory);
  };
  const Result<void> copied = writer_ ? writer_->between_commits(job) : Result<void>(Failure(open_for_reading()));
  if (!copied) return Failure(copied.error());
  return position;
}

std::optional<Error> LedgerImpl::broken() const {
  if (const auto stopped = writer_ ? writer_->broken() : std::nullopt) return stopped;
  return following_->broken();
}

std::vector<std::pair<std::string, std::uint64_t>> LedgerImpl::figures() const {
  std::vector<std::pair<std::string, std::uint64_t>> all{{"events", last()}};
  const auto both = [&](const char* name) { return log_->property(name) + derived_->property(name); };
  all.emplace_back("bytes_on_disk", both("rocksdb.total-sst-files-size"));
  all.emplace_back("bytes_in_memory", both("rocksdb.cur-size-all-mem-tables") + both("rocksdb.estimate-table-readers-mem"));
  all.emplace_back("live_bytes_on_disk", both("rocksdb.live-sst-files-size"));
  all.emplace_back("memtable_bytes", both("rocksdb.cur-size-all-mem-tables"));
  all.emplace_back("immutable_memtables", both("rocksdb.num-immutable-mem-table"));
  all.emplace_back("estimated_keys", both("rocksdb.estimate-num-keys"));
  all.emplace_back("pending_compaction_bytes", both("rocksdb.estimate-pending-compaction-bytes"));
  // These are a whole database's, whichever of its families is asked; the cache is that of both databases.
  const auto whole = [](const Database& database, const char* name) {
    std::uint64_t value = 0;
    return database.db().GetIntProperty(name, &value) ? value : 0;
  };
  const auto wholes = [&](const char* name) { return whole(*log_, name) + whole(*derived_, name); };
  all.emplace_back("block_cache_bytes", whole(*log_, "rocksdb.block-cache-usage"));
  all.emplace_back("block_cache_capacity_bytes", whole(*log_, "rocksdb.block-cache-capacity"));
  all.emplace_back("running_flushes", wholes("rocksdb.num-running-flushes"));
  all.emplace_back("running_compactions", wholes("rocksdb.num-running-compactions"));
  all.emplace_back("writes_stopped", wholes("rocksdb.is-write-stopped"));
  all.emplace_back("delayed_write_bytes_per_second", wholes("rocksdb.actual-delayed-write-rate"));
  all.emplace_back("background_errors", wholes("rocksdb.background-errors"));
  if (writer_) {
    all.emplace_back("commits_since_open", writer_->commits());
    all.emplace_back("syncs_since_open", writer_->syncs());
    all.emplace_back("recording_failed", writer_->broken() ? 1 : 0);
  }
  for (const auto& [name, cursor] : following_->cursors()) all.emplace_back("followed_by " + name, cursor);
  for (const auto& [name, failures] : following_->failures()) all.emplace_back("failing " + name, failures);
  return all;
}

}  // namespace chancery
