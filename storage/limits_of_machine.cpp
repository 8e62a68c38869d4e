#include "storage/limits_of_machine.hpp"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace chancery {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Failure disk(const std::string& what) { return failure(ErrorKind::disk, "bench", what, "a folder that can be written"); }

/// Runs `step` `times` times; `per_step` events are done in each.
Result<Measured> timed(std::size_t times, std::size_t per_step, const std::function<std::string(std::size_t)>& step) {
  std::vector<double> micros;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < times; ++i) {
    const auto began = Clock::now();
    if (const std::string wrong = step(i); !wrong.empty()) return disk(wrong);
    micros.push_back(seconds_since(began) * 1e6);
  }
  const double total = seconds_since(start);
  std::sort(micros.begin(), micros.end());
  return Measured{static_cast<double>(times * per_step) / total, micros[micros.size() / 2], micros[micros.size() * 99 / 100]};
}

struct RawDatabase {
  std::filesystem::path path;
  std::unique_ptr<rocksdb::DB> db;
  ~RawDatabase() {
    db.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

std::string open_raw(RawDatabase& raw, const std::filesystem::path& folder) {
  raw.path = folder / "raw-rocksdb";
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, raw.path.string(), &db);
  raw.db.reset(db);
  return status.ok() ? "" : status.ToString();
}

std::string big_endian(char prefix, std::uint64_t number) {
  std::string key(1, prefix);
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
  return key;
}

void put_event(rocksdb::WriteBatch& batch, std::uint64_t number, const std::string& record) {
  const std::string position = big_endian('p', number);
  batch.Put(position, record);
  // Two keys that arrive in no order, as ids and streams do.
  batch.Put(big_endian('i', number * 0x9e3779b97f4a7c15ULL), position);
  batch.Put(big_endian('s', number * 0xc2b2ae3d27d4eb4fULL), position);
}

}  // namespace

Result<Measured> measure_sync_loop(const std::filesystem::path& folder, std::size_t bytes, std::size_t times) {
  const std::filesystem::path path = folder / "sync-loop";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return disk(std::strerror(errno));
  const std::string data(bytes, 'x');
  auto measured = timed(times, 1, [&](std::size_t) -> std::string {
    const bool written = ::write(file, data.data(), data.size()) == static_cast<ssize_t>(data.size());
    return written && ::fdatasync(file) == 0 ? "" : std::strerror(errno);
  });
  ::close(file);
  ::unlink(path.c_str());
  return measured;
}

Result<Measured> measure_raw_puts(const std::filesystem::path& folder, std::size_t bytes, std::size_t events, std::size_t per_batch) {
  RawDatabase raw;
  if (const std::string wrong = open_raw(raw, folder); !wrong.empty()) return disk(wrong);
  const std::string record(bytes, 'x');
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return timed(events / per_batch, per_batch, [&](std::size_t step) -> std::string {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < per_batch; ++i) put_event(batch, step * per_batch + i, record);
    const rocksdb::Status status = raw.db->Write(synced, &batch);
    return status.ok() ? "" : status.ToString();
  });
}

Result<Measured> measure_raw_scan(const std::filesystem::path& folder, std::size_t bytes, std::size_t events) {
  RawDatabase raw;
  if (const std::string wrong = open_raw(raw, folder); !wrong.empty()) return disk(wrong);
  const std::string record(bytes, 'x');
  for (std::size_t i = 0; i < events; ++i) raw.db->Put({}, big_endian('p', i), record);
  raw.db->Flush({});
  return timed(1, events, [&](std::size_t) -> std::string {
    const std::unique_ptr<rocksdb::Iterator> scan(raw.db->NewIterator({}));
    std::uint64_t sum = 0;
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) sum += static_cast<unsigned char>(scan->value()[0]);
    return sum == events * 'x' ? "" : "the scan did not meet every record";
  });
}

}  // namespace chancery
