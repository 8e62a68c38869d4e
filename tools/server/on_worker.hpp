#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "tools/server/access.hpp"
#include "tools/server/io_thread.hpp"

namespace chancery::server {

/// Does it; false if it throws, which is logged.
template <class Work>
bool done_safely(Work& work) {
  try {
    work();
    return true;
  } catch (const std::exception& broken) {
    log_line("error", {{"what", broken.what()}});
    return false;
  }
}

/// Has a worker do it and waits for that. `work` must outlive the wait.
template <class Work>
boost::asio::awaitable<bool> on_worker(Services& services, IoThread& io, Work& work) {
  auto initiate = [&services, &io, &work](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    services.workers.post([shared, &work, &context = io.context] {
      const bool good = done_safely(work);
      boost::asio::post(context, [shared, good] { (*shared)(good); });
    });
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(bool)>(initiate, boost::asio::use_awaitable);
}

}  // namespace chancery::server
