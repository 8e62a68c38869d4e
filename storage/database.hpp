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

/// The families of one ledger, closed with it.
class Database {
 public:
  enum class Mode : std::uint8_t {
    write,   ///< opens what is there
    create,  ///< makes what is not there
    read,    ///< changes nothing on the disk, logs nothing
  };
  /// Fails with: corrupt (damaged or missing files), disk.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder, Mode mode, rocksdb::Env* env);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* log() const { return families_[0]; }
  rocksdb::ColumnFamilyHandle* index() const { return families_[1]; }
  rocksdb::ColumnFamilyHandle* views() const { return families_[2]; }

  /// Puts everything that only memory holds on the disk, all families at one moment.
  Result<void> flush();
  /// The value of a key, nothing if it is absent.
  Result<std::optional<std::string>> get(rocksdb::ColumnFamilyHandle* family, std::string_view key) const;

 private:
  Database() = default;

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
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
