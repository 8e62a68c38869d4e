#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

namespace chancery::server {

/// Threads that make answers, so many at a time. One that only waits for its reader lends its place to another, so that slow readers
/// hold up nobody but themselves; beyond `lent_max` of them those who wait keep their places. Those whose readers come back go on at
/// once, so for a moment there may be as many more at work as had lent their places. Any thread.
class Workers {
 public:
  Workers(std::size_t places, std::size_t lent_max) : places_(places), lent_max_(lent_max) {}
  ~Workers() { join(); }

  /// What `work` throws ends the program. Throws std::system_error if the machine has no thread at all for it.
  void post(std::function<void()> work);
  /// Waits until all that was posted is done. What is posted later is never done.
  void join();

  /// While it lives the worker whose thread makes it has lent its place. In any other thread it does nothing.
  class Lent {
   public:
    Lent();
    Lent(const Lent&) = delete;
    ~Lent();

   private:
    Workers* workers_ = nullptr;
  };

 private:
  void work();
  void call_one();
  void join_ended(std::unique_lock<std::mutex>& lock);

  const std::size_t places_, lent_max_;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_, all_ended_;
  std::deque<std::function<void()>> queue_;
  std::unordered_map<std::thread::id, std::thread> threads_;
  std::vector<std::thread::id> ended_;  // of threads_, those to be joined
  std::size_t alive_ = 0, idle_ = 0, lent_ = 0;
  std::size_t busy_ = 0;  // those that work and have not lent their place
  bool over_ = false;
};

}  // namespace chancery::server
