#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace chancery {

/// The machine's file system, but for the files of RocksDB's write-ahead log.
///
/// They grow ahead of what is written, by zeros, while little is written at a time: a sync then puts bytes on the disk, and no new size
/// and no new blocks, which cost a file system writes of their own or a commit of its journal. Closed, they are as long as what they hold.
/// The disk is given the little at once, so that the sync that comes later waits less.
///
/// After the power failed, such a file ends in zeros, or in a part of the write that was under way. Recovery does not read that
/// (wal_end.hpp).
class WalFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit WalFiles(const std::shared_ptr<rocksdb::FileSystem>& machine) : FileSystemWrapper(machine) {}
  const char* Name() const override { return "chancery.wal"; }

  /// The database is open: what reads a log from here on copies it.
  void recovered() { recovering_ = false; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file, rocksdb::IODebugContext* context) override;

 private:
  std::atomic<bool> recovering_{true};
};

}  // namespace chancery
