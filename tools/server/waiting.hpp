#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>

#include "tools/server/workers.hpp"

namespace chancery::server {

/// Requests that wait for something to happen without holding a thread: each is tried again when the log has grown, when its time has
/// come, and a last time when it has waited long enough.
class Waiting {
 public:
  using Clock = std::chrono::steady_clock;
  /// Tries to answer; false: there is nothing to answer with yet. Called by workers, one at a time for each.
  using Try = std::function<bool(bool last)>;

  explicit Waiting(Workers& workers) : workers_(workers) {}

  void add(Try attempt, Clock::time_point until, Clock::time_point next) {
    const std::lock_guard lock(mutex_);
    all_.push_back({std::move(attempt), until, next});
    count_.store(all_.size());
  }
  /// The log has grown, or a moment has passed; cheap. Any thread.
  void look(bool grown) {
    if (grown) grown_.store(true);
    if (count_.load() == 0 || looking_.exchange(true)) return;
    workers_.post([this] {
      looking_.store(false);
      try_all(grown_.exchange(false));
    });
  }
  /// Nobody waits any longer.
  void end() {
    ended_.store(true);
    look(false);
  }

 private:
  struct One {
    Try attempt;
    Clock::time_point until, next;
  };

  void try_all(bool grown) {
    std::list<One> due;
    const auto now = Clock::now();
    {
      const std::lock_guard lock(mutex_);
      for (auto at = all_.begin(); at != all_.end();) {
        const auto one = at++;
        if (grown || ended_ || now >= one->until || now >= one->next) due.splice(due.end(), all_, one);
      }
    }
    for (auto at = due.begin(); at != due.end();) {
      const auto one = at++;
      if (one->attempt(ended_ || now >= one->until)) due.erase(one);
      else one->next = now + std::chrono::seconds(1);
    }
    const std::lock_guard lock(mutex_);
    all_.splice(all_.end(), due);
    count_.store(all_.size());
  }

  Workers& workers_;
  std::mutex mutex_;
  std::list<One> all_;
  std::atomic<std::size_t> count_{0};  // of all that wait, those that are being tried too
  std::atomic<bool> looking_{false}, grown_{false}, ended_{false};
};

}  // namespace chancery::server
