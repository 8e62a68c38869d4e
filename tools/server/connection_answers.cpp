#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "tools/server/access.hpp"
#include "tools/server/connection.hpp"
#include "tools/server/pages.hpp"

/// What a connection writes, where it has an end.
namespace chancery::server {
namespace {

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

bool has_header(const Answer& answer, std::string_view name) {
  return std::any_of(answer.headers.begin(), answer.headers.end(), [&](const auto& header) { return header.first == name; });
}

}  // namespace

std::string Connection::head_of(const Answer& answer, const Request* request, bool keep, std::optional<std::size_t> length) const {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status, reason_of(answer.status), http_date());
  const auto add = [&](std::string_view name, std::string_view value) { head += fmt::format("{}: {}\r\n", name, value); };
  if (answer.status != 204 && answer.status != 304) add("Content-Type", answer.content_type);
  add("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) add(name, value);
  // What is not said to be kept is not: a cache may keep even a 404 where it is told nothing (RFC 9111, 4.2.2).
  if (!has_header(answer, "Cache-Control")) add("Cache-Control", "no-store");
  if (request) {
    if (const auto origin = allowed_origin(services_, *request)) {
      add("Access-Control-Allow-Origin", *origin);
      add("Access-Control-Expose-Headers", "Chancery-Position, Chancery-Next, Content-Location, ETag, Link");
    }
    if (!services_.config.cors_origins.empty()) add("Vary", "Origin");
  }
  if (length && answer.status != 204 && answer.status != 304) add("Content-Length", std::to_string(*length));
  if (!length && chunked_) add("Transfer-Encoding", "chunked");
  add("Connection", keep ? "keep-alive" : "close");
  return head + "\r\n";
}

/// Bytes of a body whose length nobody knew when it began.
std::string Connection::part_of_body(std::string_view bytes) const {
  return chunked_ ? fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes) : std::string(bytes);
}

/// Answers what is not even a request. `exchange` has what could be read of it.
asio::awaitable<bool> Connection::answer_no_request(Answer answer, const Exchange& exchange) {
  services_.metrics.requests.fetch_add(1);
  services_.metrics.errors.fetch_add(1);
  show_to_people(exchange, answer);
  std::string bytes = head_of(answer, nullptr, false, answer.body.size()) + answer.body;
  const bool written = co_await write(std::move(bytes));
  static_cast<void>(written);
  co_return false;
}

/// Answers a request that no route is asked about.
asio::awaitable<bool> Connection::refuse(Answer answer, const Exchange& exchange, const Route* route, bool keep) {
  log(exchange, route, answer.status);
  Reply reply(std::move(answer));
  show_to_people(exchange, reply.answer);
  co_return co_await send(reply, exchange.request, keep);
}

asio::awaitable<bool> Connection::send(Reply& reply, const Request& request, bool keep) {
  services_.metrics.requests.fetch_add(1);
  if (reply.answer.status >= 400) services_.metrics.errors.fetch_add(1);
  const bool streams = reply.pipe || reply.follow_events || reply.follow_view || reply.held;
  const bool headers_only = request.method == Method::head;
  if (streams && !chunked_) keep = false;
  std::string bytes = head_of(reply.answer, &request, keep, streams ? std::nullopt : std::optional(reply.answer.body.size()));
  if (!headers_only && !reply.answer.body.empty()) bytes += streams ? part_of_body(reply.answer.body) : reply.answer.body;
  const bool written = co_await write(std::move(bytes));
  if (!streams) co_return written && keep;
  if (headers_only || !written) {
    if (reply.pipe) reply.pipe->close();
    co_return written && keep;
  }
  if (reply.pipe) {
    pipe_ = reply.pipe;
    const bool whole = co_await send_pipe(*reply.pipe);
    pipe_.reset();
    // Without chunks only this tells an answer that was cut from one that is whole.
    if (!whole && !chunked_) socket_.reset();
    co_return whole && keep;
  }
  if (reply.held) co_await stay();
  else if (reply.follow_events) co_await follow_events(*reply.follow_events, reply.level);
  else co_await follow_view(*reply.follow_view, reply.level);
  co_return false;
}

/// False: the rest did not come, or nobody took it. The connection is closed then, and whoever reads sees that something is missing.
asio::awaitable<bool> Connection::send_pipe(Pipe& pipe) {
  for (;;) {
    Pipe::Taken taken = pipe.take();
    if (!taken.bytes.empty()) {
      std::string bytes = part_of_body(taken.bytes);
      const bool written = co_await write(std::move(bytes));
      if (!written) {
        pipe.close();
        co_return false;
      }
      if (!taken.end) continue;
    }
    if (taken.end && !taken.whole) co_return false;
    if (taken.end) co_return co_await write(end_of_body());
    const bool pings = !pipe.meanwhile().empty();
    auto timer = std::make_shared<asio::steady_timer>(io_.context, pings ? said_ + std::chrono::seconds(services_.config.ping_seconds) : Clock::time_point::max());
    pipe.when_ready([timer, &context = io_.context] { asio::post(context, [timer] { timer->cancel(); }); });
    const auto [ready] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    if (ready) continue;
    // Who makes it says nothing for long: it goes on, if somebody waits for it.
    const bool written = co_await write(part_of_body(pipe.meanwhile()));
    if (written) continue;
    pipe.close();
    co_return false;
  }
}

asio::awaitable<bool> Connection::write(std::string bytes) {
  // The owner may read a page for as long as he likes.
  if (socket_.trusted()) expect_nothing();
  else expect_within(services_.config.stall_seconds);
  const auto [error, count] = co_await socket_.write(asio::buffer(bytes));
  expect_nothing();
  said_ = Clock::now();
  co_return !error;
}

}  // namespace chancery::server
