#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "tools/server/io_thread.hpp"
#include "tools/server/services.hpp"
#include "tools/server/socket.hpp"

/// One connection: reads requests, hands them to their routes and writes what is answered (RFC 9112). Of its I/O thread alone.
namespace chancery::server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::string peer, IoThread& io, Services& services);
  ~Connection();
  void start();
  /// Closes it if what it waits for has not come in time.
  void look_at_clock(std::chrono::steady_clock::time_point now);
  /// Nothing more is begun: it ends when what is under way is done.
  void stop_after_this();
  void cut() {
    socket_.close();
    if (pipe_) pipe_->close();
  }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  using Clock = std::chrono::steady_clock;

  asio::awaitable<void> run();
  asio::awaitable<bool> handshake();
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_head(Parser& parser);
  asio::awaitable<bool> read_body(Parser& parser, Exchange& exchange, const Route& route);
  asio::awaitable<bool> answer_now(Answer answer, bool keep);
  asio::awaitable<bool> send(Reply& reply, const Request& request, bool keep);
  asio::awaitable<bool> send_pipe(Pipe& pipe, bool chunked);
  asio::awaitable<void> follow_events(FollowEvents& follow, Visibility level);
  asio::awaitable<bool> send_chunks(FollowEvents& follow, Visibility level);
  asio::awaitable<void> follow_view(FollowView& follow, Visibility level);
  asio::awaitable<void> end_feed(bool good, Position after);
  asio::awaitable<void> wait_for_growth(Position after, std::string ping);
  asio::awaitable<bool> write(std::string bytes);
  asio::awaitable<Reply> ask(const Route& route, std::shared_ptr<Exchange> exchange);

  std::optional<Answer> check(const Request& request, const Found& found, Caller& caller);
  std::string head_of(const Answer& answer, const Request* request, bool keep, std::optional<std::size_t> length) const;
  void expect_within(std::uint64_t seconds) { deadline_ = Clock::now() + std::chrono::seconds(seconds); }
  void expect_nothing() { deadline_ = Clock::time_point::max(); }
  void log(const Exchange& exchange, const Route* route, int status, Clock::time_point begun) const;

  Socket socket_;
  const std::string peer_;
  IoThread& io_;
  Services& services_;
  boost::beast::flat_buffer buffer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  asio::steady_timer growth_;  // cancelled when the log has grown
  std::shared_ptr<Pipe> pipe_;  // from which an answer comes just now
  std::shared_ptr<const Exchange> followed_;  // what was asked by whoever follows
  bool idle_ = true;           // between two requests
  bool stopping_ = false, following_ = false;
};

}  // namespace chancery::server
