#include "storage/wal_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "storage/wal_end.hpp"

namespace chancery {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::uint64_t ahead_bytes = 256UL << 10;
// What is more than this takes its time anyway, and would be written twice.
constexpr std::uint64_t little_bytes_max = 16UL << 10;

constexpr std::size_t looked_at_bytes = 32UL << 10;

bool is_wal(const std::string& name) { return name.ends_with(".log"); }

/// Whether a log holds anything: its first block does then.
bool holds_something(rocksdb::FileSystem& machine, const std::string& name) {
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  std::string block(looked_at_bytes, '\0');
  rocksdb::Slice read;
  if (!machine.NewSequentialFile(name, {}, &file, nullptr).ok() || !file->Read(block.size(), {}, &read, block.data(), nullptr).ok()) return true;
  return std::any_of(read.data(), read.data() + read.size(), [](char byte) { return byte != 0; });
}

/// Whether a log with a higher number holds anything.
bool has_successor(rocksdb::FileSystem& machine, const std::string& name) {
  const std::size_t slash = name.rfind('/');
  std::vector<std::string> names;
  if (!machine.GetChildren(name.substr(0, slash), {}, &names, nullptr).ok()) return true;
  const auto number = [](const std::string& file) { return std::strtoull(file.c_str(), nullptr, 10); };
  return std::any_of(names.begin(), names.end(), [&](const std::string& other) {
    return is_wal(other) && number(other) > number(name.substr(slash + 1)) && holds_something(machine, name.substr(0, slash + 1) + other);
  });
}

class GrowsAhead final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  GrowsAhead(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::unique_ptr<rocksdb::FSRandomRWFile>&& ahead)
      : FSWritableFileOwnerWrapper(std::move(file)), ahead_(std::move(ahead)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
    return appended(data.size(), target()->Append(data, options, context), options, context);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& checksum,
                  IODebugContext* context) override {
    return appended(data.size(), target()->Append(data, options, checksum, context), options, context);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* context) override {
    // Where this fails, the file ends as after a power failure.
    if (grown_to_ > size_) target()->Truncate(size_, options, context).PermitUncheckedError();
    return target()->Close(options, context);
  }

 private:
  IOStatus appended(std::uint64_t bytes, IOStatus done, const IOOptions& options, IODebugContext* context) {
    if (!done.ok()) return done;
    size_ += bytes;
    if (bytes > little_bytes_max) return done;
    if (size_ <= grown_to_) return target()->RangeSync(size_ - bytes, bytes, options, context);
    grow(options, context);
    return done;
  }

  /// Where it fails, what it got is given back, and the file grows as it is written from then on, as any other.
  void grow(const IOOptions& options, IODebugContext* context) {
    static const std::string zeros(ahead_bytes, '\0');
    grown_to_ = (size_ / ahead_bytes + 1) * ahead_bytes;
    if (ahead_->Write(size_, {zeros.data(), grown_to_ - size_}, options, context).ok()) return;
    grown_to_ = std::numeric_limits<std::uint64_t>::max();
    target()->Truncate(size_, options, context).PermitUncheckedError();
  }

  const std::unique_ptr<rocksdb::FSRandomRWFile> ahead_;  // the same file
  std::uint64_t size_ = 0, grown_to_ = 0;
};

/// The first bytes of a file.
class Beginning final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  Beginning(std::unique_ptr<rocksdb::FSSequentialFile>&& file, std::uint64_t bytes)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(bytes) {}

  IOStatus Read(std::size_t bytes, const IOOptions& options, rocksdb::Slice* result, char* scratch, IODebugContext* context) override {
    IOStatus read = target()->Read(std::min(bytes, left_), options, result, scratch, context);
    if (read.ok()) left_ -= result->size();
    return read;
  }
  IOStatus Skip(std::uint64_t bytes) override {
    const std::uint64_t skipped = std::min(bytes, left_);
    left_ -= skipped;
    return target()->Skip(skipped);
  }

 private:
  std::uint64_t left_;
};

}  // namespace

IOStatus WalFiles::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                   std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* context) {
  if (IOStatus made = target()->NewWritableFile(name, options, file, context); !made.ok() || !is_wal(name)) return made;
  std::unique_ptr<rocksdb::FSRandomRWFile> ahead;
  IOStatus opened = target()->NewRandomRWFile(name, options, &ahead, context);
  if (opened.ok()) *file = std::make_unique<GrowsAhead>(std::move(*file), std::move(ahead));
  return opened;
}

IOStatus WalFiles::NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSSequentialFile>* file, IODebugContext* context) {
  IOStatus opened = target()->NewSequentialFile(name, options, file, context);
  if (!opened.ok() || !is_wal(name) || !recovering_) return opened;
  std::optional<std::uint64_t> end;
  if (IOStatus found = find_wal_end(**file, !has_successor(*target(), name), end); !found.ok()) return found;
  opened = target()->NewSequentialFile(name, options, file, context);
  if (opened.ok() && end) *file = std::make_unique<Beginning>(std::move(*file), *end);
  return opened;
}

}  // namespace chancery
