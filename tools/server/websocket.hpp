#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/buffer_body.hpp>

#include "tools/server/io_thread.hpp"
#include "tools/server/services.hpp"
#include "tools/server/socket.hpp"

namespace chancery::server {

/// Whether a request asks to go on as a WebSocket (RFC 6455).
bool asks_for_websocket(const boost::beast::http::request<boost::beast::http::buffer_body>& message);

/// What speaks against the handshake of one that does (RFC 6455, 4.2.1).
std::optional<Answer> check_websocket(const boost::beast::http::request<boost::beast::http::buffer_body>& message);

/// Answers the upgrade of a request for the feed and sends events as CloudEvents, one a message (subprotocol `cloudevents.json` of the
/// CloudEvents WebSocket binding), until the other side goes or `stopping` is set. What it is sent is read and thrown away.
asio::awaitable<void> follow_by_websocket(Socket& socket, const boost::beast::http::request<boost::beast::http::buffer_body>& message,
                                          FollowEvents follow, Visibility level, Services& services, IoThread& io, asio::steady_timer& growth,
                                          const bool& stopping);

}  // namespace chancery::server
