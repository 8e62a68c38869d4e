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

/// Says that it is there, and where it is, if nothing was said for long: on a log that grows all the time by what the reader does not want,
/// too. False: nobody takes it.
asio::awaitable<bool> Connection::ping_if_silent(Position after) {
  if (Clock::now() < said_ + std::chrono::seconds(services_.config.ping_seconds)) co_return true;
  // The position that was looked at is the reader's, also where nothing of it was wanted.
  co_return co_await write(part_of_body(fmt::format("id: {}\n: ping\n\n", after)));
}

/// Until the log has more than `after`, or it is time to stop. False: nobody takes what is said meanwhile.
asio::awaitable<bool> Connection::wait_for_growth(Position after) {
  for (;;) {
    if (!co_await ping_if_silent(after)) co_return false;
    if (services_.ledger->last() > after || stopping_) co_return true;
    growth_.expires_at(said_ + std::chrono::seconds(services_.config.ping_seconds));
    io_.wait_with(growth_);
    // What was published before the timer was waited for is seen here; what comes after it cancels the timer.
    if (services_.ledger->last() <= after) {
      auto outcome = co_await growth_.async_wait(asio::as_tuple(asio::use_awaitable));
      static_cast<void>(outcome);
    }
    io_.stop_waiting(growth_);
  }
}

/// Says where to go on, if anybody listens.
asio::awaitable<void> Connection::end_feed(bool good, Position after) {
  if (!good) {
    services_.metrics.feeds_cut.fetch_add(1);
    co_return;
  }
  std::string bytes = part_of_body(fmt::format("id: {0}\nevent: end\ndata: {{\"after\":{0}}}\n\n", after)) + end_of_body();
  const bool written = co_await write(std::move(bytes));
  static_cast<void>(written);
}

/// Says now and then that it is there, for as long as whoever asked stays.
asio::awaitable<void> Connection::stay() {
  const Counted counted(services_.metrics.feeds);
  stays_ = true;
  bool good = true;
  while (good && !stopping_) {
    growth_.expires_at(said_ + std::chrono::seconds(services_.config.ping_seconds));
    const auto [early] = co_await growth_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!early) good = co_await write(part_of_body("\n"));
  }
  if (good) good = co_await write(end_of_body());
}

asio::awaitable<void> Connection::follow_events(FollowEvents& follow, Visibility level) {
  const Counted counted(services_.metrics.feeds);
  bool good = true;
  while (good && !stopping_) {
    good = co_await send_chunks(follow, level);
    if (good) good = co_await wait_for_growth(follow.after);
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
    const auto take = [&](std::shared_ptr<const Chunk> chunk) {
      for_each_wanted(*chunk, after, all ? nullptr : &follow.query, [&](std::string_view piece, std::size_t count) {
        pieces.emplace_back(piece.data(), piece.size());
        bytes += piece.size();
        services_.metrics.events_delivered.fetch_add(count, std::memory_order_relaxed);
      });
      after = chunk->last;
      chunks.push_back(std::move(chunk));
    };
    const auto gather = [&] {
      while (bytes < write_bytes) {
        auto chunk = services_.feeds.next_at_once(Wire::sse, level, after);
        if (!chunk) return;
        take(std::move(chunk));
      }
    };
    const auto read = [&] {
      if (auto chunk = services_.feeds.next(Wire::sse, level, after)) take(std::move(chunk));
      gather();
    };
    if (!done_safely(gather)) co_return false;
    if (chunks.empty()) {
      const bool done = co_await on_worker(services_, io_, read);
      if (!done) co_return false;
    }
    if (bytes > 0) {
      const std::string head = chunked_ ? fmt::format("{:x}\r\n", bytes) : std::string();
      pieces.insert(pieces.begin(), asio::buffer(head));
      if (chunked_) pieces.emplace_back("\r\n", 2);
      expect_within(services_.config.stall_seconds);
      const auto [error, count] = co_await asio::async_write(socket_, pieces, asio::as_tuple(asio::use_awaitable));
      expect_nothing();
      said_ = Clock::now();
      if (error) co_return false;
    }
    follow.after = after;
    if (!co_await ping_if_silent(after)) co_return false;
  }
  co_return true;
}

asio::awaitable<void> Connection::follow_view(FollowView& follow, Visibility level) {
  const Counted counted(services_.metrics.feeds);
  bool good = true;
  while (good && !stopping_) {
    std::string out;
    Position last = follow.after;
    const auto look = [&] { out = changes_as_events(services_, follow, level, view_events, last); };
    good = co_await on_worker(services_, io_, look);
    if (good && !out.empty()) good = co_await write(part_of_body(out));
    if (good && last > follow.after) good = co_await ping_if_silent(follow.after);
    else if (good) good = co_await wait_for_growth(follow.after);
  }
  co_await end_feed(good, follow.after);
}

}  // namespace chancery::server
