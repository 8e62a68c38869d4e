#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <chrono>

#include "tools/server/io_thread.hpp"
#include "tools/server/services.hpp"
#include "tools/server/socket.hpp"

namespace chancery::server {

/// Whether a request asks to go on as a WebSocket (RFC 6455).
bool asks_for_websocket(const boost::beast::http::request<boost::beast::http::buffer_body>& message);

/// What speaks against the handshake of one that does (RFC 6455, 4.2.1).
std::optional<Answer> check_websocket(const boost::beast::http::request<boost::beast::http::buffer_body>& message);

/// What the connection that becomes a WebSocket lends it. Of its I/O thread alone.
struct Lent {
  Socket& socket;
  IoThread& io;
  asio::steady_timer& growth;                       ///< cancelled when the log has grown, or one of these is set
  const bool &stopping, &revoked;                   ///< why it ends
  std::chrono::steady_clock::time_point& deadline;  ///< the connection is cut then

  void expect_within(std::uint64_t seconds) const { deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds); }
  void expect_nothing() const { deadline = std::chrono::steady_clock::time_point::max(); }
};

/// Answers the upgrade of a request for the feed and sends events as CloudEvents, one a message (subprotocol `cloudevents.json` of the
/// CloudEvents WebSocket binding), until the other side goes or takes none of them for `stall-seconds`, or it is told to end. What it is sent is
/// read and thrown away.
asio::awaitable<void> follow_by_websocket(Lent lent, const boost::beast::http::request<boost::beast::http::buffer_body>& message,
                                          FollowEvents follow, Visibility level, Services& services);

}  // namespace chancery::server
