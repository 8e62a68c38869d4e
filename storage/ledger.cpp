#include <fmt/format.h>

#include "core/uuid.hpp"
#include "storage/keys.hpp"
#include "storage/ledger_impl.hpp"

namespace chancery {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view source_name = "source";
// How often a reader tries again when another process wrote between its look and its lock.
constexpr int read_attempts_max = 5;

Instant system_clock() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

/// The log must reach what was acknowledged.
Result<void> check_head(Position acknowledged, Position last) {
  if (acknowledged <= last) return {};
  return failure(ErrorKind::corrupt, "ledger",
                 fmt::format("a log that ends at position {}, although {} was acknowledged", last, acknowledged),
                 fmt::format("the events {} to {}, which are missing; restore a backup", last + 1, acknowledged));
}

/// Opens for reading; where something is behind, takes the ledger alone for a moment and completes it.
Result<std::unique_ptr<Ledger>> open_to_read(const fs::path& folder, const LedgerOptions& options) {
  Result<FolderLock> lock = FolderLock::take(folder, FolderLock::Share::shared, options.wait, options.command);
  if (!lock) return Failure(lock.error());
  for (int attempt = 0; attempt < read_attempts_max; ++attempt) {
    // Where the log is gone, that is said, and nothing is completed.
    const bool there = Database::exists(log_folder(folder));
    if (there ? DerivedDatabase::is_whole(derived_folder(folder)) : HeadFile::read(folder) > 0) {
      Result<std::unique_ptr<LedgerImpl>> ledger = LedgerImpl::open(folder, options, Access::read);
      if (!ledger) return Failure(ledger.error());
      if ((*ledger)->complete()) {
        (*ledger)->keep(std::move(*lock));
        return std::move(*ledger);
      }
    }
    if (auto changed = lock->change(FolderLock::Share::alone, options.wait); !changed) return Failure(changed.error());
    Result<std::unique_ptr<LedgerImpl>> completed = LedgerImpl::open(folder, options, Access::write);
    if (!completed) return Failure(completed.error());
    completed->reset();
    if (auto changed = lock->change(FolderLock::Share::shared, options.wait); !changed) return Failure(changed.error());
  }
  return failure(ErrorKind::in_use, "ledger", "written to by other processes again and again", "a moment without writers");
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const fs::path& folder, const LedgerOptions& options) {
  return guarded([&]() -> Result<std::unique_ptr<Ledger>> {
    if (auto prepared = prepare_folder(folder, options.create); !prepared) return Failure(prepared.error());
    if (options.access == Access::read) return open_to_read(folder, options);
    Result<FolderLock> lock = FolderLock::take(folder, FolderLock::Share::alone, options.wait, options.command);
    if (!lock) return Failure(lock.error());
    Result<std::unique_ptr<LedgerImpl>> ledger = LedgerImpl::open(folder, options, Access::write);
    if (!ledger) return Failure(ledger.error());
    (*ledger)->keep(std::move(*lock));
    return std::move(*ledger);
  });
}

Result<std::unique_ptr<LedgerImpl>> LedgerImpl::open(const fs::path& folder, const LedgerOptions& options, Access access) {
  const Position acknowledged = HeadFile::read(folder);
  if (!Database::exists(log_folder(folder))) {
    if (auto checked = check_head(acknowledged, 0); !checked) return Failure(checked.error());
  }
  std::unique_ptr<LedgerImpl> ledger(new LedgerImpl);
  if (auto opened = ledger->open_databases(folder, options.env, access); !opened) return Failure(opened.error());
  const Result<Position> last = last_in(*ledger->log_);
  if (!last) return Failure(last.error());
  if (auto checked = check_head(acknowledged, *last); !checked) return Failure(checked.error());
  ledger->reader_ = std::make_unique<LogReader>(*ledger->log_, *last);
  ledger->clock_ = options.clock ? options.clock : system_clock;
  if (auto found = ledger->find_source(options.source, access); !found) return Failure(found.error());
  std::vector<Follower*> followers{&ledger->index_};
  followers.insert(followers.end(), options.followers.begin(), options.followers.end());
  ledger->following_ = std::make_unique<Following>(*ledger->derived_, *ledger->reader_, *ledger, followers);
  if (auto loaded = ledger->following_->load(); !loaded) return Failure(loaded.error());
  if (access == Access::read) return ledger;
  if (auto up = ledger->following_->bring_up(options.progress); !up) return Failure(up.error());
  if (auto started = ledger->start_writing(folder, options); !started) return Failure(started.error());
  return ledger;
}

Result<void> LedgerImpl::open_databases(const fs::path& folder, rocksdb::Env* env, Access access) {
  const auto cache = Database::fresh_cache();
  const auto opening = [&](const fs::path& database) {
    const Database::Mode mode = access == Access::read        ? Database::Mode::read
                                : Database::exists(database) ? Database::Mode::write
                                                              : Database::Mode::create;
    return Database::Opening{database, mode, env, cache};
  };
  if (access == Access::write) {
    if (auto raised = raise_format(folder); !raised) return raised;
  }
  auto log = LogDatabase::open(opening(log_folder(folder)));
  if (!log) return Failure(log.error());
  log_ = std::move(*log);
  auto derived = DerivedDatabase::open(opening(derived_folder(folder)));
  if (!derived) return Failure(derived.error());
  derived_ = std::move(*derived);
  return access == Access::read ? Result<void>() : sync_folder(folder);
}

Result<void> LedgerImpl::find_source(const std::string& wanted, Access access) {
  const std::string key = keys::meta(source_name);
  auto found = log_->get(log_->log(), key);
  if (!found) return Failure(found.error());
  if (*found || access == Access::read) {
    source_ = found->value_or("");
    return {};
  }
  source_ = wanted.empty() ? "urn:uuid:" + fresh_uuid() : wanted;
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = log_->db().Put(synced, log_->log(), key, source_);
  if (!status.ok()) return Failure(error_of(status));
  return {};
}

Result<void> LedgerImpl::start_writing(const fs::path& folder, const LedgerOptions& options) {
  Result<HeadFile> head = HeadFile::open(folder);
  if (!head) return Failure(head.error());
  writer_ = std::make_unique<Writer>(Writer::Surroundings{
      *log_, *reader_, std::move(*head), clock_, options.quick_sync, [this, published = options.published](std::size_t commits) {
        // Those who wait for it first: views have time.
        if (published) published(commits);
        following_->wake();
      },
      options.being_recorded,
      [this](const Query& query, Position after) { return first_match(query, after); }});
  following_->start();
  return {};
}

LedgerImpl::~LedgerImpl() {
  const bool writing = writer_ != nullptr;
  writer_.reset();
  if (!writing) return;
  following_->stop();
  // What fails here is made up for at the next opening.
  if (!following_->wrote()) return;
  static_cast<void>(log_->flush());
  static_cast<void>(derived_->flush());
}

}  // namespace chancery
