#include "tools/server/routes_feed.hpp"

#include <fmt/format.h>

#include <charconv>

#include "projections/view.hpp"
#include "tools/chancery/batches.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/access.hpp"
#include "tools/server/wanted.hpp"

/// The feeds: what happens from now on, or from any position on.
namespace chancery::server {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

/// Last-Event-ID, which a browser sends when it comes back, else `after`, else the end.
std::pair<std::string_view, std::string> begin_text(const Request& request) {
  if (std::string last = request.header("last-event-id"); !last.empty()) return {"Last-Event-ID", std::move(last)};
  return {"after", request.parameter("after").value_or("")};
}

Failure bad_begin(std::string_view field, const std::string& text, Position last) {
  return refused(std::string(field), quoted(text), fmt::format("0 to {}", last));
}

/// The same for what is to be an id of the feed of a view.
Failure bad_change(std::string_view field, const std::string& text, Position last) {
  return refused(std::string(field), quoted(text), fmt::format("POSITION, 0 to {}; or POSITION/N, as the ids of this feed are: after N changes by the commit that ends there", last));
}

/// Whoever begins at the end is told where that is, so that it loses nothing if it is cut before the first event.
Reply stream_reply(const Services& services, const Exchange& exchange, Position after) {
  Reply reply;
  reply.answer.content_type = "text/event-stream";
  reply.answer.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}, {"Chancery-Position", std::to_string(services.ledger->last())}};
  if (begin_text(exchange.request).second.empty()) reply.answer.body = fmt::format("id: {}\n: begin\n\n", after);
  reply.level = exchange.caller.level();
  return reply;
}

void follow_events(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const auto follow = feed_begin(services, *exchange);
  if (!follow) return exchange->respond(Reply(problem(follow.error())));
  Reply reply = stream_reply(services, *exchange, (*follow)->after);
  reply.follow_events = *follow;
  exchange->respond(std::move(reply));
}

/// POSITION, or POSITION/N: N changes by the commit that ends there were seen.
Result<FollowView> view_begin(const Services& services, const Exchange& exchange) {
  const auto [field, text] = begin_text(exchange.request);
  const Position last = services.ledger->last();
  FollowView follow{exchange.at("view"), last, 0, 0};
  if (text.empty()) return follow;
  const std::size_t slash = text.find('/');
  const auto position = number_in(std::string_view(text).substr(0, slash));
  if (!position || *position > last) return bad_change(field, text, last);
  const Position end = value_or_throw(commit_end_at(*services.ledger, *position));
  follow.after = end;
  if (slash == std::string::npos) return follow;
  const auto seen = number_in(std::string_view(text).substr(slash + 1));
  if (!seen || end != *position || end == 0) return bad_change(field, text, last);
  follow.commit = end;
  follow.seen = *seen;
  follow.after = value_or_throw(services.ledger->at(end)).commit_first - 1;
  return follow;
}

void follow_view(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const auto view = find_view(exchange->at("view"));
  if (!view) return exchange->respond(Reply(problem(404, view.error())));
  Result<FollowView> follow = view_begin(services, *exchange);
  if (!follow) return exchange->respond(Reply(problem(follow.error())));
  Reply reply = stream_reply(services, *exchange, follow->after);
  reply.follow_view = std::make_shared<FollowView>(std::move(*follow));
  exchange->respond(std::move(reply));
}

/// The same without following: one look.
void changes(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const auto view = find_view(exchange->at("view"));
  if (!view) return exchange->respond(Reply(problem(404, view.error())));
  const auto number = [&](std::string_view name, std::uint64_t otherwise) -> std::optional<std::uint64_t> {
    const auto text = exchange->request.parameter(name);
    return text ? number_in(*text) : std::optional(otherwise);
  };
  cli::Reading reading{services.ledger, {services.ledger->last(), exchange->caller.level()}, "UTC"};
  const auto after = number("after", 0), limit = number("limit", 1000);
  if (!after || *after > reading.sight.upto) return exchange->respond(Reply(problem(bad_begin("after", exchange->request.parameter("after").value_or(""), reading.sight.upto).value())));
  if (!limit || *limit < 1) {
    return exchange->respond(Reply(problem(Error{ErrorKind::refused, "limit", quoted(exchange->request.parameter("limit").value_or("")), "1 or more"})));
  }
  if (const auto asked = exchange->request.parameter("visibility")) {
    const auto level = cli::level_within("visibility", *asked, exchange->caller.level());
    if (!level) return exchange->respond(Reply(problem(level.error())));
    reading.sight.level = *level;
  }
  reading.wanted = [&services, exchange] { return !exchange->left && !services.over; };
  const Position end = value_or_throw(commit_end_at(*services.ledger, *after));
  Result<cli::Batch> found = cli::changes_after(reading, exchange->at("view"), end, std::min(*limit, services.config.rows));
  if (!found && !reading.wanted()) return exchange->respond(to_nobody());
  const cli::Batch batch = value_or_throw(std::move(found));
  Answer answer;
  answer.content_type = "application/x-ndjson";
  answer.headers = {{"Cache-Control", "no-store"}, {"Vary", "Authorization"}, {"Chancery-Position", std::to_string(batch.last)}, {"Chancery-Next", std::to_string(batch.end)}};
  for (const std::string& line : batch.lines) answer.body += line + '\n';
  exchange->respond(Reply(std::move(answer)));
}

}  // namespace

Result<std::shared_ptr<FollowEvents>> feed_begin(const Services& services, const Exchange& exchange) {
  auto follow = std::make_shared<FollowEvents>();
  Result<Query> query = query_of(exchange.request);
  if (!query) return Failure(query.error());
  follow->query = std::move(*query);
  const auto [field, text] = begin_text(exchange.request);
  follow->after = services.ledger->last();
  if (text.empty()) return follow;
  const auto position = number_in(text);
  if (!position || *position > services.ledger->last()) return bad_begin(field, text, services.ledger->last());
  follow->after = *position;
  return follow;
}

void add_feed_routes(std::vector<Route>& routes) {
  Route events;
  events.path = "/v1/feed";
  events.summary = "Events as they are recorded, from any position on: Server-Sent Events whose id is the position, or a WebSocket of CloudEvents";
  events.follows = true;
  events.upgrades = true;
  events.quick = true;
  events.query = {{"after", "Begin after this position; the end of the ledger unless told"}, {"type", "A type, or a beginning such as sanction.*", true},
                  {"stream", "A stream", true}, {"party", "A party that has a part in it", true}, {"tag", "A tag", true}, {"measure", "A measure", true}};
  events.headers = {{"Last-Event-ID", "Go on after this position"}};
  events.gives = {"text/event-stream"};
  events.statuses = {101, 200, 400, 503};
  events.handle = follow_events;
  routes.push_back(events);

  Route look;
  look.path = "/v1/views/{view}/changes";
  look.summary = "Rows opened and closed after a position, of about `limit` events; Chancery-Next is the position to go on after";
  look.query = {{"after", "Begin after this position"}, {"limit", "Of about so many events; of no more than on one page"}, {"visibility", "public, partner or restricted, up to the caller's own level"}};
  look.gives = {"application/x-ndjson"};
  look.statuses = {200, 400, 404};
  look.handle = changes;
  routes.push_back(look);

  Route view;
  view.path = "/v1/views/{view}/feed";
  view.follows = true;
  view.summary = "Rows of a view as they are opened and closed, with their cause: Server-Sent Events whose id is POSITION/N";
  view.query = {{"after", "Begin after this position; the end of the ledger unless told"}};
  view.headers = {{"Last-Event-ID", "Go on after this change"}};
  view.gives = {"text/event-stream"};
  view.statuses = {200, 400, 404, 503};
  view.handle = follow_view;
  routes.push_back(view);
}

}  // namespace chancery::server
