#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <thread>
#include <unordered_set>

namespace chancery::server {

class Connection;

/// One thread that reads and writes for the connections that are its own. Its members, but for `context` and `wake_all`, are touched by
/// it alone.
struct IoThread {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{context.get_executor()};
  std::unordered_set<Connection*> connections;
  std::unordered_set<boost::asio::steady_timer*> waiting;  ///< for the log to grow
  std::thread thread;

  /// The log has grown: whoever waits for that is woken. Any thread.
  void wake_all() {
    if (waking_.exchange(true)) return;
    boost::asio::post(context, [this] {
      waking_.store(false);
      for (boost::asio::steady_timer* timer : waiting) timer->cancel();
    });
  }

 private:
  std::atomic<bool> waking_{false};
};

}  // namespace chancery::server
