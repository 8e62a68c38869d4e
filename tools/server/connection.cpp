#include "tools/server/connection.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http/error.hpp>
#include <ctime>

#include "tools/server/access.hpp"
#include "tools/server/pages.hpp"
#include "tools/server/routes_feed.hpp"
#include "tools/server/websocket.hpp"

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

/// A problem that a browser is told is a page.
void show_to_people(const Exchange& exchange, Answer& answer) {
  if (answer.content_type != "application/problem+json") return;
  if (negotiate(exchange.request.header("accept"), {Media::json, Media::html}) != Media::html) return;
  answer.body = problem_page(exchange, answer.status, answer.body);
  answer.content_type = "text/html; charset=utf-8";
  for (auto& header : page_headers()) answer.headers.push_back(std::move(header));
}

std::string chunk_of(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

/// The date of answers (RFC 9110, IMF-fixdate); worked out once a second.
std::string http_date() {
  thread_local std::time_t last = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != last) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> buffer;
    text.assign(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
    last = now;
  }
  return text;
}

}  // namespace

Connection::Connection(Socket socket, std::string peer, IoThread& io, Services& services)
    : socket_(std::move(socket)), peer_(std::move(peer)), io_(io), services_(services), growth_(io.context) {
  services_.metrics.connections.fetch_add(1);
}

Connection::~Connection() {
  io_.connections.erase(this);
  services_.metrics.connections.fetch_sub(1);
}

void Connection::start() {
  io_.connections.insert(this);
  asio::co_spawn(
      io_.context, [self = shared_from_this()] { return self->run(); },
      [self = shared_from_this()](const std::exception_ptr& broken) {
        try {
          if (broken) std::rethrow_exception(broken);
        } catch (const std::exception& error) {
          log_line("error", {{"what", error.what()}});
        }
      });
}

void Connection::look_at_clock(Clock::time_point now) {
  if (now >= deadline_) return cut();
  if (!followed_ || stopping_) return;
  // A token that was revoked, or given anew, is shown nothing more.
  if (is_still(services_, *followed_)) return;
  stopping_ = true;
  growth_.cancel();
}

void Connection::stop_after_this() {
  stopping_ = true;
  if (idle_) cut();
  growth_.cancel();
}

asio::awaitable<void> Connection::run() {
  const bool ready = co_await handshake();
  if (ready) {
    bool more = true;
    while (more && !stopping_) more = co_await serve_one();
  }
  if (Tls* tls = socket_.tls(); tls && ready) {
    expect_within(1);
    auto outcome = co_await tls->async_shutdown(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(outcome);
  }
  // What is left unread would make the kernel reset the connection, and take the answer back.
  socket_.shutdown_send();
  expect_within(1);
  std::array<char, read_bytes> rest;
  for (std::size_t drained = 0; drained < 64 * read_bytes;) {
    const auto [error, got] = co_await socket_.read_some(asio::buffer(rest));
    if (error) break;
    drained += got;
  }
  cut();
}

asio::awaitable<bool> Connection::handshake() {
  Tls* tls = socket_.tls();
  if (!tls) co_return true;
  expect_within(services_.config.header_seconds);
  const auto [error] = co_await tls->async_handshake(Tls::server, asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

/// Reads until the headers are there. False: nothing more is served, and what is to be said of that was said.
asio::awaitable<bool> Connection::read_head(Parser& parser) {
  idle_ = buffer_.size() == 0;
  expect_within(idle_ ? services_.config.idle_seconds : services_.config.header_seconds);
  for (;;) {
    if (buffer_.size() > 0) {
      error_code error;
      const std::size_t used = parser.put(buffer_.data(), error);
      buffer_.consume(used);
      if (parser.is_header_done()) break;
      if (error && error != http::error::need_more) {
        const int status = error == http::error::header_limit ? 431 : error == http::error::bad_version ? 505 : error == http::error::body_limit ? 413 : 400;
        co_return co_await answer_now(problem(status, "request", error.message(), "one that RFC 9112 allows"), false);
      }
      if (buffer_.size() >= services_.config.header_bytes) {
        co_return co_await answer_now(problem(431, "headers", fmt::format("more than {} bytes", services_.config.header_bytes), "fewer"), false);
      }
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

/// Takes the body as the route wants it.
asio::awaitable<bool> Connection::read_body(Parser& parser, Exchange& exchange, const Route& route) {
  if (parser.is_done()) co_return true;
  const std::uint64_t most = route.body == Body::none ? 0 : exchange.request.trusted && route.body == Body::file ? UINT64_MAX : services_.config.body_bytes;
  const auto too_large = [&] { return problem(413, "body", fmt::format("more than {} bytes", most), "at most as many"); };
  if (const auto length = parser.content_length(); length && *length > most) co_return co_await answer_now(too_large(), false);
  parser.body_limit(boost::none);
  if (parser.get()[http::field::expect] == "100-continue") {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
  }
  if (route.body == Body::file) {
    Result<cli::File> spool = spool_file(parser.content_length().value_or(UINT64_MAX));
    if (!spool) co_return co_await answer_now(problem(spool.error()), false);
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
    if (taken > most) co_return co_await answer_now(too_large(), false);
    if (route.body != Body::file) exchange.request.body += got;
    else if (auto put = append_to(exchange.spool, got); !put) co_return co_await answer_now(problem(put.error()), false);
    if (parser.is_done()) break;
    if (error && error != http::error::need_more && error != http::error::need_buffer) {
      co_return co_await answer_now(problem(400, "body", error.message(), "one that RFC 9112 allows"), false);
    }
    if (used > 0 && buffer_.size() > 0) continue;
    if (buffer_.size() > services_.config.header_bytes) co_return co_await answer_now(problem(400, "body", "a chunk that has no beginning", "a size and a line end"), false);
    const auto room = buffer_.prepare(read_bytes);
    const auto [failed, count] = co_await socket_.read_some(room);
    if (failed) co_return false;
    // The owner's files may be large; what still comes, comes.
    if (exchange.request.trusted) expect_within(services_.config.body_seconds);
    buffer_.commit(count);
  }
  co_return true;
}

/// What speaks against a request before its body is read.
std::optional<Answer> Connection::check(const Request& request, const Found& found, Caller& caller) {
  if (auto allowed = preflight(services_, request, found)) return allowed;
  Result<Caller> who = caller_of(services_, request);
  // A probe that brings an old token along is not told that the server is away.
  if (!who && found.route && found.route->needs == Needs::nothing) who = Caller{};
  if (!who) return who.error().kind == ErrorKind::refused ? unauthorized(who.error()) : problem(who.error());
  caller = std::move(*who);
  if (!found.route && found.allow.empty()) return problem(404, "target", "no such path", "those of /openapi.json");
  if (!found.route) {
    Answer answer = problem(405, "method", std::string(method_name(request.method)), found.allow);
    answer.headers.emplace_back("Allow", found.allow);
    return answer;
  }
  if (auto refused = check_access(services_, *found.route, caller)) return refused;
  if (found.route->follows && services_.metrics.feeds.load() >= services_.config.followers) {
    return problem(503, "followers", fmt::format("{} that follow", services_.config.followers), "as many");
  }
  return check_query(request, *found.route);
}

asio::awaitable<bool> Connection::serve_one() {
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(services_.config.header_bytes));
  parser.body_limit(boost::none);
  const bool there = co_await read_head(parser);
  if (!there || !parser.is_header_done()) co_return false;
  const auto begun = Clock::now();
  const auto& message = parser.get();
  auto exchange = std::make_shared<Exchange>();
  Request& request = exchange->request;
  request.method = method_of(message.method());
  request.trusted = socket_.trusted();
  request.peer = peer_;
  for (const auto& field : message) request.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}), std::string(field.value().data(), field.value().size()));
  if (auto wrong = check_headers(request, message.version(), parser.chunked())) co_return co_await answer_now(std::move(*wrong), false);
  const auto target = Target::parse(std::string_view(message.target().data(), message.target().size()));
  if (!target) {
    Answer answer = problem(target.error());
    show_to_people(*exchange, answer);
    co_return co_await answer_now(std::move(answer), false);
  }
  request.target = *target;
  Found found = find_route(request.method, request.target.segments);
  exchange->path = found.path;
  if (auto refused = check(request, found, exchange->caller)) {
    const bool keep = parser.is_done() && parser.keep_alive();
    log(*exchange, found.route, refused->status, begun);
    Reply reply(std::move(*refused));
    show_to_people(*exchange, reply.answer);
    co_return co_await send(reply, request, keep);
  }
  drop_blank(request, *found.route);
  if (found.route->follows) followed_ = exchange;
  if (found.route->upgrades && asks_for_websocket(message)) {
    const auto follow = feed_begin(services_, *exchange);
    if (!follow) co_return co_await answer_now(problem(follow.error()), false);
    expect_nothing();
    idle_ = false;
    log(*exchange, found.route, 101, begun);
    FollowEvents following = **follow;
    co_await follow_by_websocket(socket_, message, std::move(following), exchange->caller.level(), services_, io_, growth_, stopping_);
    co_return false;
  }
  const bool whole = co_await read_body(parser, *exchange, *found.route);
  if (!whole || !parser.is_done()) co_return false;
  expect_nothing();
  Reply reply = co_await ask(*found.route, exchange);
  log(*exchange, found.route, reply.answer.status, begun);
  show_to_people(*exchange, reply.answer);
  co_return co_await send(reply, request, parser.keep_alive() && !stopping_);
}

asio::awaitable<Reply> Connection::ask(const Route& route, std::shared_ptr<Exchange> exchange) {
  auto initiate = [this, &route, exchange](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    exchange->respond = [shared, &context = io_.context](Reply reply) {
      asio::post(context, [shared, reply = std::move(reply)]() mutable { (*shared)(std::move(reply)); });
    };
    const auto handle = [this, &route, exchange] { handle_safely(services_, route, exchange); };
    if (route.quick) handle();
    else services_.workers.post(handle);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Reply)>(initiate, asio::use_awaitable);
}

std::string Connection::head_of(const Answer& answer, const Request* request, bool keep, std::optional<std::size_t> length) const {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status, reason_of(answer.status), http_date());
  const auto add = [&](std::string_view name, std::string_view value) { head += fmt::format("{}: {}\r\n", name, value); };
  if (answer.status != 204 && answer.status != 304) add("Content-Type", answer.content_type);
  add("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) add(name, value);
  if (request) {
    if (const auto origin = allowed_origin(services_, *request)) {
      add("Access-Control-Allow-Origin", *origin);
      add("Access-Control-Expose-Headers", "Chancery-Position, Chancery-Next, Content-Location, ETag, Link");
    }
    if (!services_.config.cors_origins.empty()) add("Vary", "Origin");
  }
  if (!length) add("Transfer-Encoding", "chunked");
  else if (answer.status != 204 && answer.status != 304) add("Content-Length", std::to_string(*length));
  add("Connection", keep ? "keep-alive" : "close");
  return head + "\r\n";
}

asio::awaitable<bool> Connection::answer_now(Answer answer, bool keep) {
  services_.metrics.requests.fetch_add(1);
  if (answer.status >= 400) services_.metrics.errors.fetch_add(1);
  std::string bytes = head_of(answer, nullptr, keep, answer.body.size()) + answer.body;
  const bool written = co_await write(std::move(bytes));
  co_return written && keep;
}

asio::awaitable<bool> Connection::send(Reply& reply, const Request& request, bool keep) {
  services_.metrics.requests.fetch_add(1);
  if (reply.answer.status >= 400) services_.metrics.errors.fetch_add(1);
  const bool streams = reply.pipe || reply.follow_events || reply.follow_view;
  const bool headers_only = request.method == Method::head;
  std::string bytes;
  if (!streams) {
    bytes = head_of(reply.answer, &request, keep, reply.answer.body.size());
    if (!headers_only) bytes += reply.answer.body;
    const bool written = co_await write(std::move(bytes));
    co_return written && keep;
  }
  bytes = head_of(reply.answer, &request, keep, std::nullopt);
  if (headers_only) {
    if (reply.pipe) reply.pipe->close();
    const bool written = co_await write(std::move(bytes));
    co_return written && keep;
  }
  if (!reply.answer.body.empty()) bytes += chunk_of(reply.answer.body);
  const bool written = co_await write(std::move(bytes));
  if (!written) {
    if (reply.pipe) reply.pipe->close();
    co_return false;
  }
  if (reply.pipe) {
    pipe_ = reply.pipe;
    const bool whole = co_await send_pipe(*reply.pipe, true);
    pipe_.reset();
    co_return whole && keep;
  }
  following_ = true;
  if (reply.follow_events) co_await follow_events(*reply.follow_events, reply.level);
  else co_await follow_view(*reply.follow_view, reply.level);
  co_return false;
}

/// False: the rest did not come, or nobody took it. The connection is closed then, and whoever reads sees that something is missing.
asio::awaitable<bool> Connection::send_pipe(Pipe& pipe, bool chunked) {
  for (;;) {
    Pipe::Taken taken = pipe.take();
    if (!taken.bytes.empty()) {
      std::string bytes = chunked ? chunk_of(taken.bytes) : std::move(taken.bytes);
      const bool written = co_await write(std::move(bytes));
      if (!written) {
        pipe.close();
        co_return false;
      }
      if (!taken.end) continue;
    }
    if (taken.end && !taken.whole) co_return false;
    if (taken.end) co_return co_await write("0\r\n\r\n");
    auto timer = std::make_shared<asio::steady_timer>(io_.context, asio::steady_timer::time_point::max());
    pipe.when_ready([timer, &context = io_.context] { asio::post(context, [timer] { timer->expires_at(asio::steady_timer::time_point::min()); }); });
    auto outcome = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    static_cast<void>(outcome);
  }
}

asio::awaitable<bool> Connection::write(std::string bytes) {
  // The owner may read a page for as long as he likes.
  if (socket_.trusted()) expect_nothing();
  else expect_within(services_.config.stall_seconds);
  const auto [error, count] = co_await socket_.write(asio::buffer(bytes));
  expect_nothing();
  co_return !error;
}

void Connection::log(const Exchange& exchange, const Route* route, int status, Clock::time_point begun) const {
  if (!services_.config.access_log) return;
  const Caller& caller = exchange.caller;
  log_line("request", {{"method", std::string(method_name(exchange.request.method))},
                       {"route", route ? std::string(route->path) : ""},
                       {"status", static_cast<std::uint64_t>(status)},
                       {"caller", caller.owner ? "owner" : caller.name},
                       {"peer", peer_},
                       {"ms", std::chrono::duration<double, std::milli>(Clock::now() - begun)}});
}

}  // namespace chancery::server
