#include "tools/server/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tools/server/access.hpp"
#include "tools/server/pages.hpp"
#include "tools/server/routes_feed.hpp"
#include "tools/server/websocket.hpp"

/// The life of a connection and of each of its requests.
namespace chancery::server {
namespace {

/// Who waits for an answer.
template <class Handler>
struct Asked {
  explicit Asked(Handler own_handler) : handler(std::move(own_handler)) {}
  Handler handler;
  std::atomic<bool> answered{false};
};

/// Whoever has some answer already, whichever it is, is told only that there is one (RFC 9110, 13.1.2: `*`).
void leave_out_what_is_had(const Request& request, const Route& route, Reply& reply) {
  const bool may = std::find(route.statuses.begin(), route.statuses.end(), 304) != route.statuses.end();
  if (!may || reply.answer.status != 200 || !request.has_already("")) return;
  reply.answer.status = 304;
  reply.answer.body.clear();
  if (reply.pipe) reply.pipe->close();
  reply.pipe.reset();
}

Answer no_such_path(const std::vector<std::string>& segments) {
  constexpr std::size_t of_an_id = 2;
  const bool in_parts = segments.size() > of_an_id + 1 && segments[0] == "v1" && (segments[1] == "events" || segments[1] == "streams");
  return problem(404, "target", "no such path", std::string("those of /openapi.json") + (in_parts ? "; a / within an id or a stream is written %2F" : ""));
}

}  // namespace

Connection::Connection(Socket socket, std::string peer, IoThread& io, Services& services)
    : socket_(std::move(socket)), peer_(std::move(peer)), io_(io), services_(services), counted_(services.metrics.connections), growth_(io.context) {}

Connection::~Connection() { io_.connections.erase(this); }

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
  if (asked_) look_at_peer();
  if (!followed_ || stopping_) return;
  const bool gone = stays_ && socket_.peer() != Socket::Peer::there;
  // What it has may be another connection's by now.
  if (gone || (stays_ && followed_->left)) {
    stopping_ = true;
    if (gone) cut();
    growth_.cancel();
    return;
  }
  // A token that was revoked, or given anew, is shown nothing more.
  if (is_still(services_, *followed_)) return;
  revoked_ = stopping_ = true;
  growth_.cancel();
}

/// Whoever goes away says that he sends no more; so does who only has nothing more to ask, and waits for his answer (RFC 9293, 3.6). An
/// interim answer tells them apart: it comes back as an error from one that is gone.
void Connection::look_at_peer() {
  constexpr std::string_view processing = "HTTP/1.1 102 Processing\r\n\r\n";
  const Socket::Peer peer = socket_.peer();
  // Nothing can be said between the records of TLS, and none that is in use goes on to read after its last word.
  if (peer == Socket::Peer::gone || (peer == Socket::Peer::sends_no_more && socket_.tls())) return cut();
  if (peer == Socket::Peer::there || !chunked_ || told_to_wait_) return;
  told_to_wait_ = true;
  if (!socket_.write_at_once(processing)) cut();
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
  constexpr std::size_t piece_bytes = 16 * 1024, pieces_max = 64;
  std::array<char, piece_bytes> rest;
  for (std::size_t drained = 0; drained < pieces_max * piece_bytes;) {
    const auto [error, got] = co_await socket_.read_some(asio::buffer(rest));
    if (error) break;
    drained += got;
  }
  cut();
}

/// What speaks against a request before its body is read.
std::optional<Answer> Connection::check(const Request& request, const Found& found, Caller& caller) {
  if (auto allowed = preflight(services_, request, found)) return allowed;
  Result<Caller> who = caller_of(services_, request);
  // A probe that brings an old token along is not told that the server is away.
  if (!who && found.route && found.route->needs == Needs::nothing) who = Caller{};
  if (!who) return who.error().kind == ErrorKind::refused ? unauthorized(who.error()) : problem_for(caller, who.error());
  caller = std::move(*who);
  if (!found.route && found.allow.empty()) return no_such_path(request.target.segments);
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
  begun_ = Clock::now();
  followed_.reset();
  auto exchange = std::make_shared<Exchange>();
  Request& request = exchange->request;
  if (auto wrong = take_head(parser, request)) co_return co_await refuse(std::move(*wrong), *exchange, nullptr);
  Found found = find_route(request.method, request.target.segments);
  exchange->path = found.path;
  if (auto refused = check(request, found, exchange->caller)) {
    co_return co_await refuse(std::move(*refused), *exchange, found.route, parser.is_done() && parser.keep_alive());
  }
  drop_blank(request, *found.route);
  if (found.route->follows) followed_ = exchange;
  if (found.route->upgrades && asks_for_websocket(parser.get())) co_return co_await follow_as_websocket(parser, *exchange, *found.route);
  const bool whole = co_await read_body(parser, *exchange, *found.route);
  if (!whole || !parser.is_done()) co_return false;
  expect_nothing();
  asked_ = exchange;
  told_to_wait_ = false;
  Reply reply = co_await ask(*found.route, exchange);
  asked_.reset();
  leave_out_what_is_had(request, *found.route, reply);
  log(*exchange, found.route, reply.answer.status);
  show_to_people(*exchange, reply.answer);
  co_return co_await send(reply, request, parser.keep_alive() && !stopping_);
}

asio::awaitable<bool> Connection::follow_as_websocket(const Parser& parser, const Exchange& exchange, const Route& route) {
  if (auto wrong = check_websocket(parser.get())) co_return co_await refuse(std::move(*wrong), exchange, &route);
  const auto follow = feed_begin(services_, exchange);
  if (!follow) co_return co_await refuse(problem(follow.error()), exchange, &route);
  expect_nothing();
  log(exchange, &route, 101);
  FollowEvents following = **follow;
  const Lent lent{socket_, io_, growth_, stopping_, revoked_, deadline_};
  co_await follow_by_websocket(lent, parser.get(), std::move(following), exchange.caller.level(), services_);
  co_return false;
}

asio::awaitable<Reply> Connection::ask(const Route& route, std::shared_ptr<Exchange> exchange) {
  auto initiate = [this, &route, exchange](auto handler) {
    auto asked = std::make_shared<Asked<decltype(handler)>>(std::move(handler));
    exchange->respond = [asked, &context = io_.context](Reply reply) {
      // What fails after it has answered would answer again.
      if (asked->answered.exchange(true)) return;
      asio::post(context, [asked, reply = std::move(reply)]() mutable { asked->handler(std::move(reply)); });
    };
    const auto handle = [this, &route, exchange] { handle_safely(services_, route, exchange); };
    if (!route.quick) return services_.workers.post(handle);
    handle();
    // Behind all that is ready: requests that came together share a sync.
    if (exchange->to_commit) asio::post(io_.context, [&ledger = *services_.ledger] { ledger.commit_submitted(); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Reply)>(initiate, asio::use_awaitable);
}

void Connection::log(const Exchange& exchange, const Route* route, int status) const {
  if (!services_.config.access_log) return;
  const Caller& caller = exchange.caller;
  log_line("request", {{"method", std::string(method_name(exchange.request.method))},
                       {"route", route ? std::string(route->path) : ""},
                       {"status", static_cast<std::uint64_t>(status)},
                       {"caller", caller.owner ? "owner" : caller.name},
                       {"peer", peer_},
                       {"ms", std::chrono::duration<double, std::milli>(Clock::now() - begun_)}});
}

}  // namespace chancery::server
