#include "tools/server/websocket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "tools/server/access.hpp"
#include "tools/server/counted.hpp"
#include "tools/server/on_worker.hpp"
#include "tools/server/wanted.hpp"

namespace chancery::server {

/// How Beast ends a connection of ours (found by argument-dependent look-up).
void teardown(boost::beast::role_type, Socket& socket, error_code& error) {
  socket.shutdown_send();
  error = {};
}

template <class Handler>
void async_teardown(boost::beast::role_type, Socket& socket, Handler&& handler) {
  socket.shutdown_send();
  asio::post(socket.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

void beast_close_socket(Socket& socket) { socket.close(); }

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using WebSocket = websocket::stream<Socket&>;

constexpr std::string_view subprotocol = "cloudevents.json";
// What is sent to us is not used: a little is borne.
constexpr std::size_t message_bytes_max = 4096;

bool offers(beast::string_view list, std::string_view wanted) {
  for (const auto& one : http::token_list(list)) {
    if (std::string_view(one.data(), one.size()) == wanted) return true;
  }
  return false;
}

/// Shared by the two halves of one connection, which both run in its I/O thread.
struct Feeding {
  explicit Feeding(Lent own) : lent(own), stream(own.socket) {}
  bool goes_on() const { return !gone && !lent.stopping && !lent.revoked; }

  Lent lent;
  WebSocket stream;
  bool gone = false;
};

/// Reads what comes, for the sake of pings, pongs and the end.
asio::awaitable<void> read_on(std::shared_ptr<Feeding> feeding) {
  beast::flat_buffer buffer;
  while (!feeding->gone) {
    const auto [error, count] = co_await feeding->stream.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (error) feeding->gone = true;
    buffer.clear();
  }
  feeding->lent.growth.cancel();
}

/// Sends all there is. False: nobody takes it.
asio::awaitable<bool> send_all(Feeding& feeding, FollowEvents& follow, Visibility level, Services& services) {
  const bool all = wants_all(follow.query);
  while (services.ledger->last() > follow.after && feeding.goes_on()) {
    std::shared_ptr<const Chunk> chunk;
    const auto at_once = [&] { chunk = services.feeds.next_at_once(Wire::cloud_event, level, follow.after); };
    const auto read = [&] { chunk = services.feeds.next(Wire::cloud_event, level, follow.after); };
    if (!done_safely(at_once)) co_return false;
    if (!chunk) {
      const bool done = co_await on_worker(services, feeding.lent.io, read);
      if (!done) co_return false;
    }
    if (!chunk) break;
    for (const Chunk::Item& item : chunk->items) {
      if (item.position <= follow.after || !feeding.goes_on()) continue;
      if (!all && !matches_query(follow.query, item)) continue;
      const asio::const_buffer message(chunk->bytes.data() + item.begin, item.end - item.begin);
      // Its pings and pongs tell that it is there, not that it takes anything.
      feeding.lent.expect_within(services.config.stall_seconds);
      const auto [error, count] = co_await feeding.stream.async_write(message, asio::as_tuple(asio::use_awaitable));
      feeding.lent.expect_nothing();
      if (error) co_return false;
      follow.after = item.position;
      services.metrics.events_delivered.fetch_add(1, std::memory_order_relaxed);
    }
    if (feeding.goes_on()) follow.after = chunk->last;
  }
  co_return true;
}

/// Until the log has more than `after`, or it is time to end.
asio::awaitable<void> wait_for_growth(Feeding& feeding, Services& services, Position after) {
  asio::steady_timer& growth = feeding.lent.growth;
  while (feeding.goes_on() && services.ledger->last() <= after) {
    growth.expires_at(asio::steady_timer::time_point::max());
    feeding.lent.io.wait_with(growth);
    // What was published before the timer was waited for is seen here; what comes after it cancels the timer.
    if (services.ledger->last() <= after) {
      auto outcome = co_await growth.async_wait(asio::as_tuple(asio::use_awaitable));
      static_cast<void>(outcome);
    }
    feeding.lent.io.stop_waiting(growth);
  }
}

/// Why it ends, and where to go on (RFC 6455, 7.4.1).
websocket::close_reason reason_of_end(bool revoked, Position after) {
  if (revoked) return {websocket::close_code::policy_error, fmt::format("after={}; the token is none any longer", after)};
  return {websocket::close_code::going_away, fmt::format("after={}", after)};
}

}  // namespace

namespace {

/// The key is sixteen bytes in Base64 (RFC 6455, 4.1).
bool is_key(std::string_view text) {
  constexpr std::size_t key_characters = 22;
  constexpr std::string_view padding = "==";
  const auto is_base64 = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'; };
  return text.size() == key_characters + padding.size() && text.ends_with(padding) && std::all_of(text.begin(), text.begin() + key_characters, is_base64);
}

std::string_view header_of(const http::request<http::buffer_body>& message, http::field name) {
  const auto value = message[name];
  return {value.data(), value.size()};
}

}  // namespace

std::optional<Answer> check_websocket(const http::request<http::buffer_body>& message) {
  const std::string_view version = header_of(message, http::field::sec_websocket_version), key = header_of(message, http::field::sec_websocket_key);
  const auto found = [](std::string_view text) { return text.empty() ? std::string("nothing") : quoted(text); };
  if (version != "13") {
    Answer answer = problem(426, "Sec-WebSocket-Version", found(version), "13");
    answer.headers = {{"Sec-WebSocket-Version", "13"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
    return answer;
  }
  if (!is_key(key)) return problem(400, "Sec-WebSocket-Key", found(key), "sixteen bytes in Base64");
  return std::nullopt;
}

bool asks_for_websocket(const http::request<http::buffer_body>& message) { return websocket::is_upgrade(message); }

asio::awaitable<void> follow_by_websocket(Lent lent, const http::request<http::buffer_body>& message, FollowEvents follow, Visibility level,
                                          Services& services) {
  auto feeding = std::make_shared<Feeding>(lent);
  WebSocket& stream = feeding->stream;
  stream.read_message_max(message_bytes_max);
  auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
  timeout.idle_timeout = std::chrono::seconds(2 * services.config.ping_seconds);
  timeout.keep_alive_pings = true;
  stream.set_option(timeout);
  const bool named = offers(message[http::field::sec_websocket_protocol], subprotocol);
  stream.set_option(websocket::stream_base::decorator([named, after = follow.after](websocket::response_type& response) {
    response.set("Chancery-Position", std::to_string(after));
    if (named) response.set(http::field::sec_websocket_protocol, beast::string_view(subprotocol.data(), subprotocol.size()));
  }));
  const auto [refused] = co_await stream.async_accept(message, asio::as_tuple(asio::use_awaitable));
  if (refused) co_return;
  stream.text(true);
  const Counted counted(services.metrics.feeds);
  asio::co_spawn(lent.io.context, read_on(feeding), asio::detached);
  bool good = true;
  while (good && feeding->goes_on()) {
    good = co_await send_all(*feeding, follow, level, services);
    if (good) co_await wait_for_growth(*feeding, services, follow.after);
  }
  if (good && !feeding->gone) {
    lent.expect_within(services.config.stall_seconds);
    auto outcome = co_await stream.async_close(reason_of_end(lent.revoked, follow.after), asio::as_tuple(asio::use_awaitable));
    static_cast<void>(outcome);
  } else if (!good) {
    services.metrics.feeds_cut.fetch_add(1);
  }
  // The reading half must be through before the socket goes.
  lent.socket.close();
  while (!feeding->gone) {
    lent.growth.expires_at(asio::steady_timer::time_point::max());
    auto outcome = co_await lent.growth.async_wait(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(outcome);
  }
}

}  // namespace chancery::server
