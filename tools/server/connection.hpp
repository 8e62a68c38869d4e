#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "tools/server/counted.hpp"
#include "tools/server/io_thread.hpp"
#include "tools/server/services.hpp"
#include "tools/server/socket.hpp"

/// One connection: reads requests (connection_requests.cpp), hands them to their routes (connection.cpp), and writes what is answered
/// (connection_answers.cpp), also where that has no end (connection_feeds.cpp). RFC 9112. Of its I/O thread alone.
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
    if (asked_) asked_->left = true;
    if (pipe_) pipe_->close();
  }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  using Clock = std::chrono::steady_clock;

  asio::awaitable<void> run();
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> follow_as_websocket(const Parser& parser, const Exchange& exchange, const Route& route);
  asio::awaitable<Reply> ask(const Route& route, std::shared_ptr<Exchange> exchange);
  void look_at_peer();
  std::optional<Answer> check(const Request& request, const Found& found, Caller& caller);
  void log(const Exchange& exchange, const Route* route, int status) const;

  asio::awaitable<bool> handshake();
  asio::awaitable<bool> read_head(Parser& parser);
  std::optional<Answer> take_head(const Parser& parser, Request& request);
  asio::awaitable<bool> read_body(Parser& parser, Exchange& exchange, const Route& route);

  asio::awaitable<bool> refuse(Answer answer, const Exchange& exchange, const Route* route, bool keep = false);
  asio::awaitable<bool> answer_no_request(Answer answer, const Exchange& exchange);
  asio::awaitable<bool> send(Reply& reply, const Request& request, bool keep);
  asio::awaitable<bool> send_pipe(Pipe& pipe);
  asio::awaitable<bool> write(std::string bytes);
  std::string head_of(const Answer& answer, const Request* request, bool keep, std::optional<std::size_t> length) const;
  std::string part_of_body(std::string_view bytes) const;
  std::string end_of_body() const { return chunked_ ? "0\r\n\r\n" : ""; }

  asio::awaitable<void> follow_events(FollowEvents& follow, Visibility level);
  asio::awaitable<bool> send_chunks(FollowEvents& follow, Visibility level);
  asio::awaitable<void> follow_view(FollowView& follow, Visibility level);
  asio::awaitable<void> end_feed(bool good, Position after);
  asio::awaitable<void> stay();
  asio::awaitable<bool> ping_if_silent(Position after);
  asio::awaitable<bool> wait_for_growth(Position after);

  void expect_within(std::uint64_t seconds) { deadline_ = Clock::now() + std::chrono::seconds(seconds); }
  void expect_nothing() { deadline_ = Clock::time_point::max(); }

  Socket socket_;
  const std::string peer_;
  IoThread& io_;
  Services& services_;
  const Counted counted_;
  boost::beast::flat_buffer buffer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point begun_;     // when the request at hand was there
  Clock::time_point said_;      // when something was written last
  asio::steady_timer growth_;   // cancelled when the log has grown
  std::shared_ptr<Exchange> asked_;  // whose answer is being made just now
  bool told_to_wait_ = false;        // who asked for it has sent its last, and was sent a word since
  std::shared_ptr<Pipe> pipe_;  // from which an answer comes just now
  bool stays_ = false;          // whoever asked has something until it leaves
  std::shared_ptr<const Exchange> followed_;  // what was asked by whoever follows
  bool chunked_ = true;  // whether who asks knows chunks (HTTP/1.1): else what has no length ends with the connection
  bool idle_ = true;     // between two requests
  bool stopping_ = false;
  bool revoked_ = false;  // and that is because whoever follows may no longer
};

}  // namespace chancery::server
