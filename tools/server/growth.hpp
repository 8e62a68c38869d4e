#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "storage/ledger.hpp"

namespace chancery::server {

/// For threads that wait for the log to grow.
class Growth {
 public:
  explicit Growth(const Ledger& ledger) : ledger_(ledger) {}
  void tell() {
    { const std::lock_guard lock(mutex_); }
    grown_.notify_all();
  }
  /// Until the log has more than `position`, or the time has come.
  void wait_beyond(Position position, std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    grown_.wait_until(lock, until, [&] { return ledger_.last() > position; });
  }

 private:
  const Ledger& ledger_;
  std::mutex mutex_;
  std::condition_variable grown_;
};

}  // namespace chancery::server
