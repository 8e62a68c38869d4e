#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <thread>
#include <unordered_set>

namespace chancery::server {

class Connection;

/// One thread that reads and writes for the connections that are its own. What is not said to be for any thread is for it alone.
class IoThread {
  // Before the context: what still runs when that ends takes itself out.
  std::unordered_set<boost::asio::steady_timer*> waiting_;
  std::atomic<std::size_t> waiters_{0};
  std::atomic<bool> waking_{false};

 public:
  std::unordered_set<Connection*> connections;
  boost::asio::io_context context{1};  ///< any thread
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{context.get_executor()};
  std::thread thread;
  std::atomic<std::int64_t> beaten{0};  ///< how often it has come round; any thread

  /// A timer that is cancelled when the log grows, until it is taken out again.
  void wait_with(boost::asio::steady_timer& timer) {
    waiting_.insert(&timer);
    waiters_.store(waiting_.size());
    // The look at the log that follows is not taken before this; see wake_all.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void stop_waiting(boost::asio::steady_timer& timer) {
    waiting_.erase(&timer);
    waiters_.store(waiting_.size());
  }

  /// The log has grown: whoever waits for that is woken. Any thread.
  void wake_all() {
    // Whoever waits has said so before it looked at the log a last time; the log has grown before this.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (waiters_.load() == 0) return;
    // A few who follow are told before whoever recorded is answered, who wakes a core either way; many would make him wait.
    if (context.get_executor().running_in_this_thread() && waiting_.size() <= few_waiting) return wake_waiting();
    if (waking_.exchange(true)) return;
    boost::asio::post(context, [this] {
      waking_.store(false);
      wake_waiting();
    });
  }

 private:
  static constexpr std::size_t few_waiting = 8;

  void wake_waiting() {
    for (boost::asio::steady_timer* timer : waiting_) timer->cancel();
  }
};

}  // namespace chancery::server
