#include <fmt/format.h>

#include <charconv>

#include "tools/chancery/reading.hpp"
#include "tools/server/access.hpp"
#include "tools/server/answering.hpp"
#include "tools/server/pages/reader.hpp"
#include "tools/server/posting.hpp"

/// The events: /v1/events and /v1/streams.
namespace chancery::server {
namespace {

const std::vector<Media> list_media{Media::json, Media::ndjson, Media::csv, Media::html, Media::markdown, Media::cloud_events};

const Parameter known{"known", "What was known: an EDTF date or time, pos:N or now"};
const Parameter visibility{"visibility", "public, partner or restricted, up to the caller's own level"};
const Parameter zone{"zone", "The zone of dates; UTC unless told"};
const Parameter min_position{"min_position", "Wait until the ledger has this position"};
constexpr std::uint64_t limit_default = 1000;

/// A body that is small is read at once; a large one by a worker, so that others need not wait for it.
void post(Services& services, const std::shared_ptr<Exchange>& exchange) {
  constexpr std::size_t small_bytes = 32 * 1024;
  if (exchange->request.body.size() <= small_bytes) return post_events(services, exchange, By::io_thread);
  services.workers.post([&services, exchange] {
    answer_safely("/v1/events", exchange, [&] { post_events(services, exchange, By::worker); });
  });
}

/// What a list says of its limit; pages are of `limit_default` unless told, lines come all.
std::optional<std::uint64_t> limit_of_list(Services& services, Exchange& exchange, Media media) {
  const bool all = media == Media::ndjson || media == Media::markdown;
  const auto text = exchange.request.parameter("limit");
  if (!text || media != Media::ndjson) return limit_of(services, exchange, all ? 0 : page_rows(services, media, limit_default));
  // Who reads lines may ask for any number, and gets them page by page.
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error == std::errc() && end == text->data() + text->size() && limit >= 1) return std::min(limit, services.config.rows);
  exchange.respond(Reply(problem(Error{ErrorKind::refused, "limit", quoted(*text), "1 or more"})));
  return std::nullopt;
}

/// Where the same is answered for ever.
std::function<std::string(const cli::Answered&)> at_position(const std::shared_ptr<Exchange>& exchange) {
  return [exchange](const cli::Answered& answered) { return address_with(*exchange, {{"known", fmt::format("pos:{}", *answered.position)}}); };
}

/// Whether later events can change nothing of a list: all of its events lie below a position that the ledger has, in the order of positions,
/// and it does not speak of what is known. (JSON says how far it looked, and pages say what became of events.)
std::function<bool(const cli::Answered&)> has_bounds(const std::shared_ptr<Exchange>& exchange, Media media, std::string order) {
  const Request& request = exchange->request;
  const bool only_events = (media == Media::ndjson || media == Media::csv || media == Media::cloud_events) && order != "occurred" && !request.parameter("known") && !request.parameter("causes");
  return [only_events, order = std::move(order), before = cli::position_in("pos:" + request.parameter("before").value_or(""))](const cli::Answered& answered) {
    return only_events && ((order == "oldest" && answered.next) || (before && *before <= *answered.position + 1));
  };
}

void list(Services& services, const std::shared_ptr<Exchange>& exchange, std::vector<std::string> words) {
  const auto media = media_of(*exchange, list_media);
  if (!media) return;
  trim_parameters(*exchange);
  const auto limit = limit_of_list(services, *exchange, *media);
  if (!limit) return;
  if (*limit > 0) words.push_back(fmt::format("--limit={}", *limit));
  add_options(words, exchange->request, {"after", "before", "type", "stream", "party", "tag", "measure", "grep", "since", "until", "causes", "beyond", "known", "zone", "visibility"});
  const std::string order = exchange->request.parameter("order").value_or(
      *media == Media::markdown || exchange->request.parameter("beyond") ? "occurred" : exchange->request.parameter("before") ? "newest" : "oldest");
  if (order == "oldest") words.emplace_back("--oldest-first");
  else if (order == "occurred") words.emplace_back("--by=occurred");
  else if (order != "newest") return exchange->respond(Reply(problem(Error{ErrorKind::refused, "order", quoted(order), "oldest, newest, occurred"})));
  Question question;
  question.words = std::move(words);
  question.media = *media;
  question.offered = list_media;
  const std::string cursor_name = order == "occurred" ? "beyond" : order == "oldest" ? "after" : "before";
  question.page = {PageKind::events, cursor_name, *limit, std::nullopt};
  question.is_page = *limit > 0;
  question.permalink = at_position(exchange);
  question.turned = [exchange, order, cursor_name](const cli::Answered&, const std::optional<std::string>& cursor) {
    auto query = exchange->request.target.query;
    std::erase_if(query, [&](const auto& one) { return one.first == cursor_name || one.first == "min_position"; });
    if (cursor) query.insert(query.begin(), {cursor_name, *cursor});
    // Without its cursor a question that names no order would be answered in another.
    else if (!exchange->request.parameter("order")) query.emplace_back("order", order);
    return address(*exchange, path_of(*exchange), query);
  };
  question.pinned = tag_of(services, *exchange, *media);
  if (!is_position(exchange->request.parameter("known"))) question.if_fixed = has_bounds(exchange, *media, order);
  answer_by_command(services, exchange, question);
}

/// About one event: `command` says what.
void about_event(Services& services, const std::shared_ptr<Exchange>& exchange, std::string command, PageKind page, const std::vector<Media>& offered) {
  const auto media = media_of(*exchange, offered);
  if (!media) return;
  trim_parameters(*exchange);
  Question question;
  question.words.push_back(std::move(command));
  question.media = *media;
  question.offered = offered;
  question.page.kind = page;
  question.permalink = at_position(exchange);
  if (is_position(exchange->request.parameter("known"))) question.pinned = tag_of(services, *exchange, *media);
  add_options(question.words, exchange->request, {"known", "zone", "visibility", "depth"});
  question.words.insert(question.words.end(), {"--", exchange->at("id")});
  answer_by_command(services, exchange, question);
}

}  // namespace

void add_event_routes(std::vector<Route>& routes) {
  Route posting;
  posting.method = Method::post;
  posting.path = "/v1/events";
  posting.summary = "Records events as one commit; answers when they are on the disk. Known ones are skipped";
  posting.needs = Needs::recording;
  posting.body = Body::whole;
  posting.quick = true;
  posting.headers = {{"Expected-Revision", "N, none, exists or any, of the one stream of the events; or STREAM=REV, joined by commas"},
                     {"Condition", "type=..&party=..&after=N: fails if an event that matches is after that position"}};
  posting.takes = {"application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json"};
  posting.gives = {"application/json"};
  posting.statuses = {200, 201, 400, 409, 415, 503};
  posting.handle = post;
  routes.push_back(posting);

  const std::vector<std::string_view> lists{"application/json", "application/x-ndjson", "text/csv", "text/html", "text/markdown", "application/cloudevents-batch+json"};
  std::vector<Parameter> filters{{"after", "Only what comes after this position"},
                                 {"before", "Only what comes before this position"},
                                 {"limit", "At most so many, and no more than fit on one page; of JSON, CSV and CloudEvents 1000 unless told, of pages 200, of lines all"},
                                 {"order", "oldest (first), newest, or occurred: world time, without record.*; of Markdown occurred unless told"},
                                 {"beyond", "In the order occurred only what comes after the event at this position: the next page"},
                                 {"type", "A type, or a beginning such as sanction.*", true},
                                 {"stream", "A stream", true},
                                 {"party", "A party that has a part in it", true},
                                 {"tag", "A tag", true},
                                 {"measure", "A measure that it is about", true},
                                 {"grep", "A text that is in it, whatever the case"},
                                 {"since", "EDTF: recorded (by occurred: begun) from then on"},
                                 {"until", "EDTF: up to the end of then"},
                                 {"causes", "Only what this event answers, through any number of links"},
                                 known,
                                 zone,
                                 visibility,
                                 min_position};
  Route events;
  events.path = "/v1/events";
  events.summary = "Events, oldest first unless told";
  events.query = filters;
  events.gives = lists;
  events.statuses = {200, 304, 400, 404};
  events.handle = [](Services& services, const std::shared_ptr<Exchange>& exchange) { list(services, exchange, {"log"}); };
  routes.push_back(events);

  Route stream = events;
  stream.path = "/v1/streams/{stream}";
  stream.summary = "The events of one stream, oldest first unless told";
  std::erase_if(stream.query, [](const Parameter& parameter) { return parameter.name == "stream"; });
  stream.handle = [](Services& services, const std::shared_ptr<Exchange>& exchange) {
    list(services, exchange, {"log", "--stream=" + exchange->at("stream")});
  };
  routes.push_back(stream);

  Route one;
  one.path = "/v1/events/{id}";
  one.summary = "One event, by its id or pos:N, with its links both ways and whether it is live";
  one.query = {known, zone, visibility, min_position};
  one.gives = {"application/json", "application/x-ndjson", "text/csv", "text/html", "application/cloudevents+json"};
  one.statuses = {200, 304, 400, 404};
  one.handle = [](Services& services, const std::shared_ptr<Exchange>& exchange) { about_event(services, exchange, "show", PageKind::event, {Media::json, Media::ndjson, Media::csv, Media::html, Media::cloud_event}); };
  routes.push_back(one);

  Route tree;
  tree.path = "/v1/events/{id}/trace";
  tree.summary = "What led to it and what followed from it, as a tree";
  tree.query = {known, zone, visibility, min_position, {"depth", "At most so many links away"}};
  tree.gives = {"application/json", "application/x-ndjson", "text/csv", "text/html"};
  tree.statuses = {200, 304, 400, 404};
  tree.handle = [](Services& services, const std::shared_ptr<Exchange>& exchange) { about_event(services, exchange, "trace", PageKind::trace, {Media::json, Media::ndjson, Media::csv, Media::html}); };
  routes.push_back(tree);
}

}  // namespace chancery::server
