#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "tools/server/workers.hpp"

namespace chancery::server {

/// Requests that wait for something to happen without holding a thread: each is tried again when the log has grown, when its time has
/// come, and a last time when it has waited long enough. Every try is a work of its own, so none holds up another.
class Waiting {
 public:
  using Clock = std::chrono::steady_clock;
  /// Tries to answer; false: there is nothing yet to answer with, which after the last try it never says. One thread at a time for each.
  using Try = std::function<bool(bool last)>;
  /// Whether trying is worth a worker when the log has grown; cheap. None: always.
  using Worth = std::function<bool()>;

  explicit Waiting(Workers& workers) : workers_(workers) {}

  /// Tries at once; while there is nothing, again until `until`: as the log grows, and every so often whether it does or not.
  void answer(Try attempt, Clock::time_point until, Clock::duration every, Worth worth = {}) {
    const auto one = std::make_shared<One>(One{std::move(attempt), std::move(worth), until, every, {}, 0});
    if (!one->tried(*this, ended_)) put(one);
  }
  /// The log has grown, or a moment has passed; cheap. Any thread.
  void look(bool grown) {
    if (grown) growth_.fetch_add(1);
    if (count_.load() == 0 || looking_.exchange(true)) return;
    workers_.post([this] {
      looking_.store(false);
      post_due();
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
    Worth worth;
    Clock::time_point until;
    Clock::duration every;
    Clock::time_point next;
    std::uint64_t seen;  // the growth before it was tried, or found not worth it

    bool tried(const Waiting& waiting, bool last) {
      seen = waiting.growth_.load();
      if (attempt(last)) return true;
      next = Clock::now() + every;
      return false;
    }
  };

  void put(const std::shared_ptr<One>& one) {
    const std::uint64_t seen = one->seen;
    {
      const std::lock_guard lock(mutex_);
      all_.push_back(one);
      count_.store(all_.size());
    }
    // What happened since it was tried found it nowhere.
    if (ended_ || growth_.load() != seen) look(false);
  }

  void post_due() {
    const std::uint64_t growth = growth_.load();
    const auto now = Clock::now();
    std::list<std::shared_ptr<One>> due;
    {
      const std::lock_guard lock(mutex_);
      for (auto at = all_.begin(); at != all_.end();) {
        const auto here = at++;
        One& one = **here;
        const bool grown = one.seen != growth && (!one.worth || one.worth());
        one.seen = growth;
        if (grown || ended_ || now >= one.until || now >= one.next) due.splice(due.end(), all_, here);
      }
      count_.store(all_.size());
    }
    for (const auto& one : due) {
      workers_.post([this, one] {
        if (!one->tried(*this, ended_ || Clock::now() >= one->until)) put(one);
      });
    }
  }

  Workers& workers_;
  std::mutex mutex_;
  std::list<std::shared_ptr<One>> all_;  // that wait, but for those that are being tried
  std::atomic<std::size_t> count_{0};    // of them
  std::atomic<std::uint64_t> growth_{0};
  std::atomic<bool> looking_{false}, ended_{false};
};

}  // namespace chancery::server
