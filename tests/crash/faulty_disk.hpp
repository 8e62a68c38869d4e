#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

// A disk between RocksDB and the real one. The fault model:
// - Writes reach the disk when they are synced, file by file; a file's name when its folder is synced after the file was made.
// - When the power is cut, each file keeps what was synced and perhaps a part of what was not: its beginning, or some of its
//   sectors, zeros where others were; a file whose name was not synced is gone. Renames and deletions count as done when they return.
// - After the cut, and from a chosen sync or append on, calls fail with the chosen error.
namespace chancery::test {

class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  FaultyDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyDisk"; }

  /// What an operation that changes the disk does now; ok lets it through. Called with the file's name.
  enum class Operation { append, sync, grow };
  using Fault = std::function<rocksdb::IOStatus(Operation, const std::string& file)>;
  void set_fault(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
  }
  /// Cuts the power in the `operations`-th append or sync from now on.
  void cut_power_after(std::uint64_t operations) {
    const std::lock_guard lock(mutex_);
    until_cut_ = operations;
  }
  void cut_power() {
    const std::lock_guard lock(mutex_);
    dead_ = true;
  }
  bool dead() const {
    const std::lock_guard lock(mutex_);
    return dead_;
  }
  /// Once everything is closed: takes from the real disk what was not synced, but for `kept` (0 to 1) of it, the first part.
  void lose_unsynced(double kept) {
    lose([kept](const std::string& name, const State& state) {
      std::error_code error;
      const std::uint64_t size = std::filesystem::file_size(name, error);
      const auto left = state.synced + static_cast<std::uint64_t>(static_cast<double>(size - std::min(size, state.synced)) * kept);
      if (left < size) std::filesystem::resize_file(name, left, error);
    });
  }
  /// The same, but of what was not synced sectors are missing in any place: those that `keeps` does not keep.
  void lose_sectors(const std::function<bool()>& keeps) {
    lose([&](const std::string& name, const State& state) {
      std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
      for (std::uint64_t from = state.synced, to = 0; from < state.written; from = to) {
        to = std::min((from / sector_bytes + 1) * sector_bytes, state.written);
        if (keeps()) continue;
        file.seekp(static_cast<std::streamoff>(from));
        file << std::string(to - from, '\0');
      }
    });
  }

  std::atomic<std::uint64_t> log_syncs{0};  ///< of files of the write-ahead log

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) override {
    if (dead()) return cut();
    const rocksdb::IOStatus made = target()->NewWritableFile(name, options, file, context);
    if (!made.ok()) return made;
    {
      const std::lock_guard lock(mutex_);
      files_[name] = {};
    }
    *file = std::make_unique<File>(std::move(*file), *this, name);
    return made;
  }
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file, rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus made = target()->NewRandomRWFile(name, options, file, context);
    if (made.ok()) *file = std::make_unique<GrowingFile>(std::move(*file), *this, name);
    return made;
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder, rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus made = target()->NewDirectory(name, options, folder, context);
    if (made.ok()) *folder = std::make_unique<Folder>(std::move(*folder), *this, name);
    return made;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (dead()) return cut();
    const std::lock_guard lock(mutex_);
    if (const auto state = files_.extract(from)) {
      files_[to] = state.mapped();
      files_[to].name_synced = true;
    }
    return target()->RenameFile(from, to, options, context);
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (dead()) return cut();
    {
      const std::lock_guard lock(mutex_);
      files_.erase(name);
    }
    return target()->DeleteFile(name, options, context);
  }

 private:
  struct State {
    std::uint64_t written = 0, synced = 0;
    bool name_synced = false;
  };

  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile>&& real, FaultyDisk& disk, std::string name)
        : FSWritableFileOwnerWrapper(std::move(real)), disk_(disk), name_(std::move(name)) {}
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      if (auto fault = disk_.check(Operation::append, name_); !fault.ok()) return fault;
      auto done = target()->Append(data, options, context);
      if (done.ok()) disk_.appended(name_, data.size());
      return done;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& /*unused*/, rocksdb::IODebugContext* context) override {
      return Append(data, options, context);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      return synced([&] { return target()->Sync(options, context); });
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      return synced([&] { return target()->Fsync(options, context); });
    }
    rocksdb::IOStatus RangeSync(std::uint64_t /*from*/, std::uint64_t /*bytes*/, const rocksdb::IOOptions& /*options*/,
                                rocksdb::IODebugContext* /*context*/) override {
      return rocksdb::IOStatus::OK();
    }
    rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      if (disk_.dead()) return cut();
      return target()->Truncate(size, options, context);
    }

    /// What a file was given in advance is taken back where it is closed, not where its process dies.
    rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      std::error_code error;
      const std::uint64_t size = std::filesystem::file_size(name_, error);
      rocksdb::IOStatus closed = target()->Close(options, context);
      if (disk_.dead() && !error) std::filesystem::resize_file(name_, size, error);
      return closed;
    }

   private:
    template <class Sync>
    rocksdb::IOStatus synced(Sync&& sync) {
      if (auto fault = disk_.check(Operation::sync, name_); !fault.ok()) return fault;
      auto done = sync();
      if (done.ok()) disk_.was_synced(name_);
      return done;
    }
    FaultyDisk& disk_;
    const std::string name_;
  };

  /// A log, as it is written to ahead of its end. Where that fails, half of it was written.
  class GrowingFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    GrowingFile(std::unique_ptr<rocksdb::FSRandomRWFile>&& real, FaultyDisk& disk, std::string name)
        : FSRandomRWFileOwnerWrapper(std::move(real)), disk_(disk), name_(std::move(name)) {}
    rocksdb::IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* context) override {
      const rocksdb::IOStatus fault = disk_.check(Operation::grow, name_);
      if (disk_.dead()) return fault;
      const rocksdb::Slice written(data.data(), fault.ok() ? data.size() : data.size() / 2);
      auto done = FSRandomRWFileOwnerWrapper::Write(offset, written, options, context);
      return fault.ok() ? done : fault;
    }

   private:
    FaultyDisk& disk_;
    const std::string name_;
  };

  class Folder final : public rocksdb::FSDirectoryWrapper {
   public:
    Folder(std::unique_ptr<rocksdb::FSDirectory>&& real, FaultyDisk& disk, std::string name)
        : FSDirectoryWrapper(std::move(real)), disk_(disk), name_(std::move(name)) {}
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
      return FsyncWithDirOptions(options, context, rocksdb::DirFsyncOptions());
    }
    rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context,
                                          const rocksdb::DirFsyncOptions& how) override {
      if (auto fault = disk_.check(Operation::sync, name_); !fault.ok()) return fault;
      disk_.folder_synced(name_);
      return FSDirectoryWrapper::FsyncWithDirOptions(options, context, how);
    }

   private:
    FaultyDisk& disk_;
    const std::string name_;
  };

  static constexpr std::uint64_t sector_bytes = 512;

  void lose(const std::function<void(const std::string&, const State&)>& from_file) {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, state] : files_) {
      std::error_code error;
      if (!std::filesystem::exists(name, error)) continue;
      if (state.name_synced) from_file(name, state);
      else std::filesystem::remove(name, error);
    }
    files_.clear();
    dead_ = false;
    until_cut_ = 0;
  }

  static rocksdb::IOStatus cut() { return rocksdb::IOStatus::IOError("the power is cut"); }

  rocksdb::IOStatus check(Operation operation, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (until_cut_ > 0 && --until_cut_ == 0) dead_ = true;
    if (dead_) return cut();
    return fault_ ? fault_(operation, name) : rocksdb::IOStatus::OK();
  }
  void appended(const std::string& name, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    files_[name].written += bytes;
  }
  void was_synced(const std::string& name) {
    const std::lock_guard lock(mutex_);
    files_[name].synced = files_[name].written;
    if (name.ends_with(".log")) log_syncs += 1;
  }
  void folder_synced(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    for (auto& [name, state] : files_) {
      if (std::filesystem::path(name).parent_path() == std::filesystem::path(folder)) state.name_synced = true;
    }
  }

  mutable std::mutex mutex_;
  std::map<std::string, State> files_;
  Fault fault_;
  std::uint64_t until_cut_ = 0;
  bool dead_ = false;
};

/// A faulty disk as RocksDB takes it.
struct FaultyEnv {
  std::shared_ptr<FaultyDisk> disk = std::make_shared<FaultyDisk>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
};

}  // namespace chancery::test
