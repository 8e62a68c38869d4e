#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "core/names.hpp"
#include "core/result.hpp"

// The files of a ledger's folder that are not RocksDB's.
//
//   format    "chancery ledger 2" and a line end. Written first: without it a folder is no ledger.
//   lock      "PID COMMAND" of the last who opened the ledger. Held by flock: alone by a writer, shared by readers.
//   head      "POSITION CHECKSUM": the last position that was acknowledged, written after each sync and not synced itself.
//             A log that ends below it has lost something. One that cannot be read (the power failed) says nothing.
//   db/       RocksDB: the log
//   derived/  RocksDB: what follows from it; may be removed while nobody has the ledger open, and is built again
//
// Format 1 had no derived/: it lay in db/ too. Whoever opens such a ledger for writing makes format 2 of it.
namespace chancery {

constexpr int ledger_format = 2;

std::filesystem::path log_folder(const std::filesystem::path& ledger);
std::filesystem::path derived_folder(const std::filesystem::path& ledger);

/// Makes a folder, and those it lies in, so that they are there after the power failed. One that is there already is left as it is.
/// Fails with: disk.
Result<void> make_folder(const std::filesystem::path& folder);
/// Makes sure that what a folder holds by name is there after the power failed. Fails with: disk.
Result<void> sync_folder(const std::filesystem::path& folder);

/// Makes the folder and its format file where `create` allows it, and checks the format.
/// Fails with: not_found, refused (something else is there), newer_format, disk.
Result<void> prepare_folder(const std::filesystem::path& ledger, bool create);
/// Writes the format file, last of all in a copy, so that half a copy is no ledger.
Result<void> write_format(const std::filesystem::path& ledger);
/// Writes it where an earlier format is named: before anything is changed that an earlier version of chancery could not read.
Result<void> raise_format(const std::filesystem::path& ledger);

/// Who may use the ledger, held until it is destroyed or the process ends.
class FolderLock {
 public:
  enum class Share : std::uint8_t { alone, shared };
  /// Waits up to `wait` for others to let it go. Where the folder cannot be written, a shared lock that cannot be
  /// had is none: nobody can write there either. Fails with: in_use (pid and command), disk.
  static Result<FolderLock> take(const std::filesystem::path& ledger, Share share, std::chrono::milliseconds wait,
                                 const std::string& command);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

  /// From shared to alone or back. Others may come between.
  Result<void> change(Share share, std::chrono::milliseconds wait);

 private:
  FolderLock(int file, std::string path, std::string command);
  void sign();

  int file_ = -1;
  std::string path_, command_;
};

/// The head file of a ledger that is open for writing. Not thread-safe.
class HeadFile {
 public:
  static Result<HeadFile> open(const std::filesystem::path& ledger);
  HeadFile(HeadFile&& other) noexcept;
  HeadFile& operator=(HeadFile&& other) = delete;
  ~HeadFile();
  /// One system call, no sync. A failure is no matter: what is lost is a check, not data.
  void write(Position position) noexcept;
  /// The position of the file; 0 if there is none or it cannot be trusted.
  static Position read(const std::filesystem::path& ledger);

 private:
  explicit HeadFile(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace chancery
