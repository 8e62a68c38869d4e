#include "storage/database.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>

#include "storage/keys.hpp"
#include "storage/wal_files.hpp"

namespace chancery {
namespace {

constexpr const char* views_family = "views";
constexpr std::size_t block_cache_bytes = 64UL << 20;
constexpr std::size_t write_buffer_bytes = 32UL << 20;
constexpr std::size_t info_log_bytes_max = 1UL << 20;
constexpr int background_jobs_max = 2;
constexpr int open_files_max = 256;
constexpr double filter_bits_a_key = 10;
constexpr double memtable_filter_share = 0.02;

/// Readers leave no trace in the folder.
class NullLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

/// The relation and target of a link, so that "nothing names this event so" costs a look at a filter.
class LinkPrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "chancery.link"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), keys::link_prefix_bytes}; }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() >= keys::link_prefix_bytes && key[0] == keys::link_tag;
  }
};

/// What the keys of one growing list share: the log's records, or the postings of one value. Where the last key of a list was put into a
/// memtable is remembered, so that the next one, which comes right after it, need not be sought from the top.
class ListPrefix final : public rocksdb::SliceTransform {
 public:
  enum class Of : std::uint8_t { log, index };
  explicit ListPrefix(Of of) : of_(of) {}
  const char* Name() const override { return "chancery.list"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), key.size() - keys::number_bytes}; }
  bool InDomain(const rocksdb::Slice& key) const override {
    if (of_ == Of::log) return key.size() == keys::log_bytes && key[0] == keys::log_tag;
    return key.size() > keys::slot_bytes + 1 + keys::number_bytes && key[keys::slot_bytes] != keys::time_tag;
  }

 private:
  const Of of_;
};

/// Filters and indexes lie in the block cache, in parts, so that memory does not grow with the ledger.
rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.pin_top_level_index_and_filter = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  return table;
}

rocksdb::BlockBasedTableOptions with_filter(rocksdb::BlockBasedTableOptions table) {
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_a_key));
  table.partition_filters = true;
  return table;
}

rocksdb::ColumnFamilyOptions family_options(rocksdb::BlockBasedTableOptions table) {
  table.block_size = 8UL << 10;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  return options;
}

rocksdb::ColumnFamilyOptions log_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = family_options(with_filter(table_options(cache)));
  options.prefix_extractor = std::make_shared<LinkPrefix>();
  options.memtable_prefix_bloom_size_ratio = memtable_filter_share;
  options.memtable_whole_key_filtering = true;
  options.memtable_insert_with_hint_prefix_extractor = std::make_shared<ListPrefix>(ListPrefix::Of::log);
  options.bottommost_compression = rocksdb::kZSTD;
  return options;
}

/// Postings are only walked, never sought by their whole key: no filter.
rocksdb::ColumnFamilyOptions index_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = family_options(table_options(cache));
  options.memtable_insert_with_hint_prefix_extractor = std::make_shared<ListPrefix>(ListPrefix::Of::index);
  return options;
}

rocksdb::DBOptions database_options(Database::Mode mode, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = mode == Database::Mode::create;
  // Whoever made it may have been killed after the database was there, and before its families were.
  options.create_missing_column_families = mode != Database::Mode::read;
  options.allow_concurrent_memtable_write = false;
  // One record of the write-ahead log at a time is not synced yet: what tells a torn write from damage (wal_end.hpp) counts on it. So does
  // it on the writer, which alone writes to the log and syncs before it writes again.
  options.enable_pipelined_write = false;
  options.unordered_write = false;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_background_jobs = background_jobs_max;
  options.max_open_files = open_files_max;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.keep_log_file_num = 2;
  options.max_log_file_size = info_log_bytes_max;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  if (mode == Database::Mode::read) options.info_log = std::make_shared<NullLogger>();
  return options;
}

/// The families that a database has beside those that are wanted.
std::vector<std::string> other_families(const Database::Opening& opening, const rocksdb::DBOptions& options) {
  std::vector<std::string> names;
  if (opening.mode != Database::Mode::write) return names;
  throw_unless_ok(rocksdb::DB::ListColumnFamilies(options, opening.folder.string(), &names));
  std::erase(names, rocksdb::kDefaultColumnFamilyName);
  return names;
}

}  // namespace

std::shared_ptr<rocksdb::Cache> Database::fresh_cache() { return rocksdb::NewLRUCache(block_cache_bytes); }

bool Database::exists(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / "CURRENT", error);
}

Result<void> Database::open(const Opening& opening, const rocksdb::DBOptions& options,
                            const std::vector<rocksdb::ColumnFamilyDescriptor>& wanted) {
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status =
      opening.mode == Mode::read ? rocksdb::DB::OpenForReadOnly(options, opening.folder.string(), wanted, &families_, &raw)
                                 : rocksdb::DB::Open(options, opening.folder.string(), wanted, &families_, &raw);
  if (!status.ok()) return Failure(error_of(status));
  db_.reset(raw);
  return {};
}

/// Format 1 kept what is derived in families beside the log: they are dropped, and built again where they belong.
Result<std::unique_ptr<LogDatabase>> LogDatabase::open(const Opening& opening) {
  return guarded([&]() -> Result<std::unique_ptr<LogDatabase>> {
    std::unique_ptr<LogDatabase> database(new LogDatabase);
    const auto files = std::make_shared<WalFiles>((opening.env != nullptr ? opening.env : rocksdb::Env::Default())->GetFileSystem());
    database->env_ = rocksdb::NewCompositeEnv(files);
    const rocksdb::DBOptions options = database_options(opening.mode, database->env_.get());
    std::vector<rocksdb::ColumnFamilyDescriptor> wanted{{rocksdb::kDefaultColumnFamilyName, log_options(opening.cache)}};
    for (const std::string& name : other_families(opening, options)) wanted.emplace_back(name, rocksdb::ColumnFamilyOptions());
    if (auto opened = database->Database::open(opening, options, wanted); !opened) return Failure(opened.error());
    files->recovered();
    for (; database->families_.size() > 1; database->families_.pop_back()) {
      throw_unless_ok(database->db_->DropColumnFamily(database->families_.back()));
      throw_unless_ok(database->db_->DestroyColumnFamilyHandle(database->families_.back()));
    }
    return database;
  });
}

bool DerivedDatabase::is_whole(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (!exists(folder)) return false;
  const rocksdb::Status status = rocksdb::DB::ListColumnFamilies({}, folder.string(), &names);
  return !status.ok() || std::find(names.begin(), names.end(), views_family) != names.end();
}

Result<std::unique_ptr<DerivedDatabase>> DerivedDatabase::open(const Opening& opening) {
  rocksdb::DBOptions options = database_options(opening.mode, opening.env);
  // A batch has parts in both families.
  options.atomic_flush = true;
  std::unique_ptr<DerivedDatabase> database(new DerivedDatabase);
  auto opened = database->Database::open(opening, options,
                                         {{rocksdb::kDefaultColumnFamilyName, index_options(opening.cache)},
                                          {views_family, family_options(with_filter(table_options(opening.cache)))}});
  if (opened) return database;
  Error error = opened.error();
  if (error.kind == ErrorKind::corrupt) {
    error.field = opening.folder.string();
    error.allowed = "the files as they were written. All in this folder follows from the log: remove it, and it is built again";
  }
  return Failure(std::move(error));
}

Database::~Database() {
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
  db_->Close().PermitUncheckedError();
}

Result<void> Database::flush() {
  const rocksdb::Status status = db_->Flush(rocksdb::FlushOptions(), families_);
  if (!status.ok()) return Failure(error_of(status));
  return {};
}

std::uint64_t Database::property(const std::string& name) const {
  std::uint64_t sum = 0, value = 0;
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    if (db_->GetIntProperty(family, name, &value)) sum += value;
  }
  return sum;
}

Result<void> Database::copy_to(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* raw = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder.string());
  if (!status.ok()) return Failure(error_of(status, folder.parent_path().string()));
  return {};
}

Result<std::optional<std::string>> Database::get(rocksdb::ColumnFamilyHandle* family, std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), family, slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Failure(error_of(status));
  return value;
}

Error error_of(const rocksdb::Status& status, std::string_view what) {
  if (status.IsCorruption() || status.IsInvalidArgument()) {
    return {ErrorKind::corrupt, std::string(what), "damaged or missing files (" + status.ToString() + ")",
            "the files as they were written; restore a backup"};
  }
  return {ErrorKind::disk, std::string(what), "a failure of the machine (" + status.ToString() + ")",
          "a disk that can be read and written"};
}

void throw_unless_ok(const rocksdb::Status& status) {
  if (!status.ok()) throw MachineFailure(error_of(status));
}

rocksdb::ReadOptions ordered() {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  return options;
}

rocksdb::ReadOptions within_prefix() {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  return options;
}

rocksdb::Options scratch_options() {
  // One thread reads: a cache in several shards would leave each of them less room.
  const rocksdb::BlockBasedTableOptions table = with_filter(table_options(rocksdb::NewLRUCache(block_cache_bytes, 0)));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.max_background_jobs = background_jobs_max;
  options.info_log = std::make_shared<NullLogger>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

}  // namespace chancery
