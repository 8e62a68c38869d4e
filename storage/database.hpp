#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

/// RocksDB as the ledger uses it: its families, options and errors in one place. Private to storage/.
namespace chancery {

/// One database with all its families, closed with it.
class Database {
 public:
  enum class Mode : std::uint8_t {
    write,   ///< opens what is there
    create,  ///< makes what is not there
    read,    ///< changes nothing on the disk, logs nothing
  };
  struct Opening {
    std::filesystem::path folder;
    Mode mode = Mode::write;
    rocksdb::Env* env = nullptr;           ///< none: the machine's
    std::shared_ptr<rocksdb::Cache> cache;  ///< of blocks, which a ledger's databases share
  };
  static std::shared_ptr<rocksdb::Cache> fresh_cache();
  /// Whether a folder holds a database.
  static bool exists(const std::filesystem::path& folder);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  /// Puts everything that only memory holds on the disk, all families at one moment.
  Result<void> flush();
  /// The value of a key, nothing if it is absent.
  Result<std::optional<std::string>> get(rocksdb::ColumnFamilyHandle* family, std::string_view key) const;
  /// A figure of RocksDB's, summed over the families.
  std::uint64_t property(const std::string& name) const;
  /// Writes all of it as it is now to a folder that does not exist. Fails with: disk, corrupt.
  Result<void> copy_to(const std::filesystem::path& folder) const;

 protected:
  Database() = default;
  Result<void> open(const Opening& opening, const rocksdb::DBOptions& options, const std::vector<rocksdb::ColumnFamilyDescriptor>& wanted);

  std::unique_ptr<rocksdb::Env> env_;  // of its own, if it has one
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

/// The log and what the next append must look up: written through a synced write-ahead log.
class LogDatabase final : public Database {
 public:
  /// Fails with: corrupt (damaged or missing files), disk.
  static Result<std::unique_ptr<LogDatabase>> open(const Opening& opening);
  rocksdb::ColumnFamilyHandle* log() const { return families_[0]; }
};

/// What follows from the log and can be built again: without a write-ahead log, and apart, so that no append waits in line behind a view.
class DerivedDatabase final : public Database {
 public:
  /// Fails with: corrupt (damaged or missing files), disk.
  static Result<std::unique_ptr<DerivedDatabase>> open(const Opening& opening);
  /// Whether a folder holds one with all its families: whoever made it may have been killed before. One that is damaged counts as whole.
  static bool is_whole(const std::filesystem::path& folder);
  rocksdb::ColumnFamilyHandle* index() const { return families_[0]; }
  rocksdb::ColumnFamilyHandle* views() const { return families_[1]; }
};

inline rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

/// What a status that is not ok means: corrupt or disk. `what` is what the error is about ("ledger").
Error error_of(const rocksdb::Status& status, std::string_view what = "ledger");
/// Throws a MachineFailure unless the status is ok.
void throw_unless_ok(const rocksdb::Status& status);

/// Options for reading keys in order, whatever they begin with.
rocksdb::ReadOptions ordered();
/// Options for reading the links of one target: uses their filter.
rocksdb::ReadOptions within_prefix();

/// A database for what need not outlive a process: no write-ahead log, one family.
rocksdb::Options scratch_options();

}  // namespace chancery
