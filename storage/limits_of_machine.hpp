#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "core/result.hpp"

/// What the bare machine can do, measured where a ledger would lie: the yardsticks of `chancery bench`.
namespace chancery {

struct Measured {
  double per_second = 0;
  double p50_us = 0, p99_us = 0;  ///< of one step of the loop
};

/// Appends `bytes` to a file and calls fdatasync, `times` times, one after another.
Result<Measured> measure_sync_loop(const std::filesystem::path& folder, std::size_t bytes, std::size_t times);

/// Raw RocksDB: `events` events of `bytes` bytes, three puts each (a record and two small index entries), `per_batch` events a synced write.
Result<Measured> measure_raw_puts(const std::filesystem::path& folder, std::size_t bytes, std::size_t events, std::size_t per_batch);

/// Raw RocksDB: one scan over `events` records of `bytes` bytes that were written and flushed before.
Result<Measured> measure_raw_scan(const std::filesystem::path& folder, std::size_t bytes, std::size_t events);

}  // namespace chancery
