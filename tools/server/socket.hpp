#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

/// The three kinds of connection there are, as one.
namespace chancery::server {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp::socket;
using Local = asio::local::stream_protocol::socket;
using Tls = asio::ssl::stream<Tcp>;

/// A connected stream of bytes. One thread at a time, that of its executor.
class Socket {
 private:
  int handle() {
    if (Tls* found = tls()) return found->next_layer().native_handle();
    auto* tcp = std::get_if<Tcp>(&any_);
    return tcp ? tcp->native_handle() : std::get<Local>(any_).native_handle();
  }

  template <class Do>
  auto visit(Do&& act) {
    return std::visit(
        [&](auto& socket) {
          if constexpr (requires { socket->next_layer(); }) return act(*socket);
          else return act(socket);
        },
        any_);
  }

 public:
  using executor_type = asio::any_io_executor;
  using Outcome = std::tuple<error_code, std::size_t>;

  explicit Socket(Tcp socket) : any_(std::move(socket)) {}
  explicit Socket(Local socket) : any_(std::move(socket)) {}
  explicit Socket(std::unique_ptr<Tls> socket) : any_(std::move(socket)) {}

  executor_type get_executor() {
    return visit([](auto& socket) -> executor_type { return socket.get_executor(); });
  }
  bool trusted() const { return std::holds_alternative<Local>(any_); }
  Tls* tls() {
    auto* found = std::get_if<std::unique_ptr<Tls>>(&any_);
    return found ? found->get() : nullptr;
  }

  /// What Beast and Asio ask of an AsyncStream.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return visit([&](auto& socket) { return socket.async_read_some(buffers, std::forward<Token>(token)); });
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return visit([&](auto& socket) { return socket.async_write_some(buffers, std::forward<Token>(token)); });
  }

  asio::awaitable<Outcome> read_some(asio::mutable_buffer buffer) {
    return visit([&](auto& socket) { return socket.async_read_some(buffer, asio::as_tuple(asio::use_awaitable)); });
  }
  /// All of it. It must outlive the operation.
  asio::awaitable<Outcome> write(asio::const_buffer buffer) {
    return visit([&](auto& socket) { return asio::async_write(socket, buffer, asio::as_tuple(asio::use_awaitable)); });
  }
  enum class Peer : std::uint8_t { there, sends_no_more, gone };
  /// What can be told of the other side without reading.
  Peer peer() {
    pollfd asked{handle(), POLLRDHUP, 0};
    if (::poll(&asked, 1, 0) <= 0) return Peer::there;
    if ((asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return Peer::gone;
    return (asked.revents & POLLRDHUP) != 0 ? Peer::sends_no_more : Peer::there;
  }
  /// A few bytes, while no write is under way. Not for TLS. False: they cannot be sent now, or only in part.
  bool write_at_once(std::string_view bytes) {
    return ::send(handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Ends every operation under way with an error.
  void close() {
    error_code ignored;
    if (auto* tcp = tls() ? &tls()->next_layer() : std::get_if<Tcp>(&any_)) tcp->close(ignored);
    if (auto* local = std::get_if<Local>(&any_)) local->close(ignored);
  }
  /// Closes it so that the other side is told of an error, and not of an end (TCP's RST).
  void reset() {
    error_code ignored;
    if (auto* tcp = tls() ? &tls()->next_layer() : std::get_if<Tcp>(&any_)) tcp->set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }
  /// Says that nothing more will come; what was sent arrives.
  void shutdown_send() {
    error_code ignored;
    if (auto* tcp = tls() ? &tls()->next_layer() : std::get_if<Tcp>(&any_)) tcp->shutdown(Tcp::shutdown_send, ignored);
    if (auto* local = std::get_if<Local>(&any_)) local->shutdown(Local::shutdown_send, ignored);
  }

 private:
  std::variant<Tcp, Local, std::unique_ptr<Tls>> any_;
};

}  // namespace chancery::server
