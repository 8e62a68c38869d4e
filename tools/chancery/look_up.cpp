#include "tools/chancery/look_up.hpp"

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace chancery::cli {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// What the one who waits and the one who asks share; it goes with the last of them.
struct Asked {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<error_code> outcome;
  Endpoints found;
};

std::atomic<std::size_t> under_way{0};

}  // namespace

error_code look_up_by_system(const std::string& host, const std::string& port, Endpoints& found) {
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  error_code error;
  for (const auto& entry : resolver.resolve(host, port, error)) found.push_back(entry.endpoint());
  return error;
}

error_code look_up_until(std::chrono::steady_clock::time_point deadline, const std::string& host, const std::string& port, Endpoints& found, const LookUp& look_up) {
  if (under_way.fetch_add(1) >= look_ups_max) {
    under_way.fetch_sub(1);
    return asio::error::host_not_found_try_again;
  }
  const auto asked = std::make_shared<Asked>();
  try {
    std::thread([asked, host, port, look_up] {
      Endpoints endpoints;
      const error_code error = look_up(host, port, endpoints);
      under_way.fetch_sub(1);
      const std::lock_guard lock(asked->mutex);
      asked->outcome = error;
      asked->found = std::move(endpoints);
      asked->answered.notify_one();
    }).detach();
  } catch (const std::system_error&) {
    under_way.fetch_sub(1);
    return asio::error::no_memory;
  }
  std::unique_lock lock(asked->mutex);
  if (!asked->answered.wait_until(lock, deadline, [&] { return asked->outcome.has_value(); })) return asio::error::timed_out;
  found = std::move(asked->found);
  return *asked->outcome;
}

}  // namespace chancery::cli
