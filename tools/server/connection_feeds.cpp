#include <fmt/format.h>

#include "tools/chancery/batches.hpp"
#include "tools/server/access.hpp"
#include "tools/server/connection.hpp"
#include "tools/server/on_worker.hpp"
#include "tools/server/wanted.hpp"

/// The connections that follow: Server-Sent Events (WHATWG HTML, 9.2).
namespace chancery::server {
namespace {

// What one write sends at most, and how many events of a view one look takes.
constexpr std::size_t write_bytes = 256 * 1024;
constexpr std::size_t view_events = 1000;

}  // namespace

/// Until the log has more than `after`, or it is time to stop. A ping that cannot be sent ends the wait too.
asio::awaitable<void> Connection::wait_for_growth(Position after, std::string ping) {
  while (services_.ledger->last() <= after && !stopping_) {
    growth_.expires_after(std::chrono::seconds(services_.config.ping_seconds));
    io_.wait_with(growth_);
    // What was published before the timer was waited for is seen here; what comes after it cancels the timer.
    bool silent = false;
    if (services_.ledger->last() <= after) {
      const auto [cancelled] = co_await growth_.async_wait(asio::as_tuple(asio::use_awaitable));
      silent = !cancelled;
    }
    io_.stop_waiting(growth_);
    if (silent) {
      std::string bytes = fmt::format("{:x}\r\n{}\r\n", ping.size(), ping);
      const bool written = co_await write(std::move(bytes));
      if (!written) stopping_ = true;
    }
  }
}

/// Says where to go on, if anybody listens.
asio::awaitable<void> Connection::end_feed(bool good, Position after) {
  services_.metrics.feeds.fetch_sub(1);
  if (!good) {
    services_.metrics.feeds_cut.fetch_add(1);
    co_return;
  }
  const std::string end = fmt::format("id: {0}\nevent: end\ndata: {{\"after\":{0}}}\n\n", after);
  std::string bytes = fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", end.size(), end);
  const bool written = co_await write(std::move(bytes));
  static_cast<void>(written);
}

asio::awaitable<void> Connection::follow_events(FollowEvents& follow, Visibility level) {
  services_.metrics.feeds.fetch_add(1);
  bool good = true;
  while (good && !stopping_) {
    good = co_await send_chunks(follow, level);
    if (!good) break;
    // The position that was looked at is the reader's, also where nothing of it was wanted.
    std::string ping = fmt::format("id: {}\n: ping\n\n", follow.after);
    co_await wait_for_growth(follow.after, std::move(ping));
  }
  co_await end_feed(good, follow.after);
}

/// Sends all there is. False: nobody takes it, or it cannot be read.
asio::awaitable<bool> Connection::send_chunks(FollowEvents& follow, Visibility level) {
  const bool all = wants_all(follow.query);
  while (services_.ledger->last() > follow.after && !stopping_) {
    std::vector<std::shared_ptr<const Chunk>> chunks;
    std::vector<asio::const_buffer> pieces;
    std::size_t bytes = 0;
    Position after = follow.after;
    const auto gather = [&] {
      while (bytes < write_bytes) {
        auto chunk = services_.feeds.next(Wire::sse, level, after);
        if (!chunk) return;
        for_each_wanted(*chunk, after, all ? nullptr : &follow.query, [&](std::string_view piece, std::size_t count) {
          pieces.emplace_back(piece.data(), piece.size());
          bytes += piece.size();
          services_.metrics.events_delivered.fetch_add(count, std::memory_order_relaxed);
        });
        after = chunk->last;
        chunks.push_back(std::move(chunk));
        if (services_.feeds.is_far(Wire::sse, level, after)) return;
      }
    };
    const auto on_it = [&] { gather(); };
    if (services_.feeds.is_far(Wire::sse, level, after)) {
      const bool read = co_await on_worker(services_, io_, on_it);
      if (!read) co_return false;
    } else if (!done_safely(on_it)) {
      co_return false;
    }
    if (bytes > 0) {
      const std::string head = fmt::format("{:x}\r\n", bytes);
      pieces.insert(pieces.begin(), asio::buffer(head));
      pieces.emplace_back("\r\n", 2);
      expect_within(services_.config.stall_seconds);
      const auto [error, count] = co_await asio::async_write(socket_, pieces, asio::as_tuple(asio::use_awaitable));
      expect_nothing();
      if (error) co_return false;
    }
    follow.after = after;
  }
  co_return true;
}

asio::awaitable<void> Connection::follow_view(FollowView& follow, Visibility level) {
  services_.metrics.feeds.fetch_add(1);
  bool good = true;
  while (good && !stopping_) {
    std::string out;
    Position last = follow.after;
    const auto look = [&] { out = changes_as_events(services_, follow, level, view_events, last); };
    good = co_await on_worker(services_, io_, look);
    if (good && !out.empty()) {
      std::string bytes = fmt::format("{:x}\r\n{}\r\n", out.size(), out);
      good = co_await write(std::move(bytes));
    }
    if (good && last <= follow.after) {
      std::string ping = fmt::format("id: {}\n: ping\n\n", follow.after);
      co_await wait_for_growth(follow.after, std::move(ping));
    }
  }
  co_await end_feed(good, follow.after);
}

}  // namespace chancery::server
