#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "tools/server/access.hpp"
#include "tools/server/connection.hpp"

/// What a connection reads: the one place that parses HTTP (RFC 9112).
namespace chancery::server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t read_bytes = 16 * 1024;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::delete_;
    case http::verb::options: return Method::options;
    default: return Method::other;
  }
}

/// Empty lines before a request say nothing (RFC 9112, 2.2): some send one after a body.
void skip_empty_lines(beast::flat_buffer& buffer) {
  constexpr std::string_view empty = "\r\n";
  while (std::string_view(static_cast<const char*>(buffer.data().data()), buffer.size()).starts_with(empty)) buffer.consume(empty.size());
}

int status_of_error(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::bad_version) return 505;
  return error == http::error::body_limit ? 413 : 400;
}

/// As much as can be told of a request whose head is not whole: what it takes, where that line of it is.
std::string accepted_by_half(const http::request<http::buffer_body>& message, std::string_view rest) {
  const auto field = message[http::field::accept];
  return field.empty() ? header_in(rest, "accept") : std::string(field.data(), field.size());
}

}  // namespace

asio::awaitable<bool> Connection::handshake() {
  Tls* tls = socket_.tls();
  if (!tls) co_return true;
  expect_within(services_.config.header_seconds);
  const auto [error] = co_await tls->async_handshake(Tls::server, asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

/// Reads until the headers are there. False: nothing more is served, and what is to be said of that was said.
asio::awaitable<bool> Connection::read_head(Parser& parser) {
  skip_empty_lines(buffer_);
  idle_ = buffer_.size() == 0;
  expect_within(idle_ ? services_.config.idle_seconds : services_.config.header_seconds);
  std::size_t taken = 0;  // by the parser, whose own limit is of what it is given at once
  for (;;) {
    if (!parser.got_some()) skip_empty_lines(buffer_);
    if (buffer_.size() > 0) {
      error_code error;
      const std::size_t used = parser.put(buffer_.data(), error);
      const std::string_view head(static_cast<const char*>(buffer_.data().data()), buffer_.size());
      const bool wrong = error && error != http::error::need_more;
      const std::size_t head_bytes = taken + (parser.is_header_done() ? used : head.size());
      if ((wrong && !parser.is_header_done()) || head_bytes > services_.config.header_bytes) {
        Exchange exchange;
        exchange.request.headers.emplace_back("accept", accepted_by_half(parser.get(), head));
        const int status = wrong && !parser.is_header_done() ? status_of_error(error) : 431;
        const std::size_t most = services_.config.header_bytes;
        Answer answer = status == 431 ? problem(status, "headers", fmt::format("more than {} bytes", most), fmt::format("at most {} bytes, the first line with them", most))
                                      : problem(status, "request", error.message(), "one that RFC 9112 allows");
        co_return co_await answer_no_request(std::move(answer), exchange);
      }
      buffer_.consume(used);
      taken += used;
      if (parser.is_header_done()) break;
    }
    const auto room = buffer_.prepare(read_bytes);
    const auto [error, got] = co_await socket_.read_some(room);
    if (error) co_return false;
    if (idle_) expect_within(services_.config.header_seconds);
    idle_ = false;
    buffer_.commit(got);
  }
  idle_ = false;
  co_return true;
}

/// The request but for its body; what is wrong with it, if anything is.
std::optional<Answer> Connection::take_head(const Parser& parser, Request& request) {
  const auto& message = parser.get();
  chunked_ = message.version() >= 11;
  request.method = method_of(message.method());
  request.trusted = socket_.trusted();
  request.peer = peer_;
  for (const auto& field : message) request.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}), std::string(field.value().data(), field.value().size()));
  if (auto wrong = check_headers(request, message.version(), parser.chunked())) return wrong;
  auto target = Target::parse(std::string_view(message.target().data(), message.target().size()));
  if (!target) return problem(target.error());
  request.target = std::move(*target);
  return std::nullopt;
}

/// Takes the body as the route wants it.
asio::awaitable<bool> Connection::read_body(Parser& parser, Exchange& exchange, const Route& route) {
  if (parser.is_done()) co_return true;
  const std::uint64_t most = route.body == Body::none ? 0 : exchange.request.trusted && route.body == Body::file ? UINT64_MAX : services_.config.body_bytes;
  const auto too_large = [&] { return problem(413, "body", fmt::format("more than {} bytes", most), fmt::format("at most {} bytes", most)); };
  if (const auto length = parser.content_length(); length && *length > most) co_return co_await refuse(too_large(), exchange, &route);
  parser.body_limit(boost::none);
  // Who speaks HTTP/1.0 knows no interim answer (RFC 9110, 10.1.1).
  if (chunked_ && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
  }
  if (route.body == Body::file) {
    Result<cli::File> spool = spool_file(parser.content_length().value_or(UINT64_MAX));
    if (!spool) co_return co_await refuse(problem_for(exchange.caller, spool.error()), exchange, &route);
    exchange.spool = std::move(*spool);
  }
  std::array<char, read_bytes> piece;
  std::uint64_t taken = 0;
  expect_within(services_.config.body_seconds);
  while (!parser.is_done()) {
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    error_code error;
    const std::size_t used = parser.put(buffer_.data(), error);
    buffer_.consume(used);
    const std::string_view got(piece.data(), piece.size() - body.size);
    taken += got.size();
    if (taken > most) co_return co_await refuse(too_large(), exchange, &route);
    if (route.body != Body::file) exchange.request.body += got;
    else if (auto put = append_to(exchange.spool, got); !put) co_return co_await refuse(problem_for(exchange.caller, put.error()), exchange, &route);
    if (parser.is_done()) break;
    if (error && error != http::error::need_more && error != http::error::need_buffer) {
      co_return co_await refuse(problem(400, "body", error.message(), "one that RFC 9112 allows"), exchange, &route);
    }
    if (used > 0 && buffer_.size() > 0) continue;
    if (buffer_.size() > services_.config.header_bytes) {
      co_return co_await refuse(problem(400, "body", "a chunk that has no beginning", "a size and a line end"), exchange, &route);
    }
    const auto room = buffer_.prepare(read_bytes);
    const auto [failed, count] = co_await socket_.read_some(room);
    if (failed) co_return false;
    // The owner's files may be large; what still comes, comes.
    if (exchange.request.trusted) expect_within(services_.config.body_seconds);
    buffer_.commit(count);
  }
  co_return true;
}

}  // namespace chancery::server
