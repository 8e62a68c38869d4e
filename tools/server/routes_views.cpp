#include <fmt/format.h>

#include <algorithm>

#include "core/zone.hpp"
#include "tools/chancery/times.hpp"
#include "tools/server/answering.hpp"

/// The views: GET /v1/views/...
namespace chancery::server {
namespace {

const std::vector<Media> row_media{Media::json, Media::ndjson, Media::csv, Media::html};

const Parameter at{"at", "The world's time: an EDTF date or time, or now"};
const Parameter known{"known", "What was known: an EDTF date or time, pos:N or now"};
const Parameter zone{"zone", "The zone of dates; UTC unless told"};
const Parameter visibility{"visibility", "public, partner or restricted, up to the caller's own level"};
const Parameter where{"where", "FIELD=VALUE, LIST~VALUE or TEXT~VALUE", true};
const Parameter prefix{"prefix", "Only keys that begin so"};
const Parameter after{"after", "Only keys that come after this one: the next page"}, after_rows{"after", "Leave out so many rows: the next page"};
const Parameter limit_rows{"limit", "At most so many rows"};
const Parameter min_position{"min_position", "Wait until the ledger has this position"};

bool both_are_positions(const std::optional<std::string>& text) {
  if (!text) return false;
  const std::size_t dots = text->find("..");
  if (dots == std::string::npos) return is_position(text);
  return text->starts_with("pos:") && std::string_view(*text).substr(dots + 2).starts_with("pos:");
}

/// Whether every date is given, so that tomorrow's answer is the same.
bool is_fixed(const std::optional<std::string>& text) {
  return text && !text->empty() && text->find("now") == std::string::npos;
}

using Pins = std::vector<std::pair<std::string, std::string>>;

/// An answer at one position and, where there is one, one instant, for ever.
Pins pins(Position known, std::optional<Instant> at) {
  Pins fixed;
  if (at) fixed.emplace_back("at", format_instant(*at));
  fixed.emplace_back("known", fmt::format("pos:{}", known));
  return fixed;
}

/// The page that comes after the cursor, or the first.
std::string with_cursor(const Exchange& exchange, Pins fixed, const std::optional<std::string>& cursor) {
  fixed.emplace_back("after", cursor.value_or(""));
  return address_with(exchange, fixed);
}

/// Where the rows of all pages are counted.
std::string counted(const Exchange& exchange, Pins fixed) {
  for (const std::string_view name : {"after", "limit", "explain"}) fixed.emplace_back(name, "");
  fixed.emplace_back("count", "true");
  return address_with(exchange, fixed);
}

void view(Services& services, const std::shared_ptr<Exchange>& exchange) {
  trim_parameters(*exchange);
  const Request& request = exchange->request;
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  const auto limit = limit_of(services, *exchange, page_rows(services, *media, services.config.rows));
  if (!limit) return;
  Question question;
  question.media = *media;
  question.offered = row_media;
  question.is_page = true;
  question.page = {PageKind::rows, "after", *limit, std::nullopt};
  std::vector<std::string>& words = question.words;
  words = {"view", fmt::format("--limit={}", *limit)};
  add_options(words, request, {"at", "known", "zone", "visibility", "where", "prefix", "after"});
  for (const std::string_view flag : {"count", "explain"}) {
    if (const auto value = request.parameter(flag)) {
      if (!value->empty() && *value != "true") return exchange->respond(Reply(problem(Error{ErrorKind::refused, std::string(flag), quoted(*value), "true, or nothing"})));
      words.push_back(fmt::format("--{}", flag));
    }
  }
  words.insert(words.end(), {"--", exchange->at("view")});
  question.permalink = [exchange](const cli::Answered& answered) { return address_with(*exchange, pins(*answered.position, answered.at)); };
  question.turned = [exchange](const cli::Answered& answered, const auto& cursor) { return with_cursor(*exchange, pins(*answered.position, answered.at), cursor); };
  question.count = [exchange](const cli::Answered& answered) { return counted(*exchange, pins(*answered.position, answered.at)); };
  if (is_position(request.parameter("known")) && is_fixed(request.parameter("at"))) question.pinned = tag_of(services, *exchange, *media);
  answer_by_command(services, exchange, question);
}

/// The instant that `at` means, if it is given.
Result<std::optional<Instant>> instant_asked(const Request& request) {
  const auto text = request.parameter("at");
  if (!text) return std::nullopt;
  const std::string zone = request.parameter("zone").value_or("UTC");
  if (!zone_exists(zone)) return refused("zone", quoted(zone), "an IANA zone such as UTC or Europe/Minsk");
  const Result<Instant> instant = cli::parse_at(*text, zone, cli::now());
  if (!instant) return Failure(instant.error());
  return *instant;
}

void rows_of_key(Services& services, const std::shared_ptr<Exchange>& exchange, std::string command) {
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  trim_parameters(*exchange);
  const Request& request = exchange->request;
  const auto instant = instant_asked(request);
  if (!instant) return exchange->respond(Reply(problem(instant.error())));
  const auto limit = limit_of(services, *exchange, page_rows(services, *media, services.config.rows));
  if (!limit) return;
  Question question;
  question.media = *media;
  question.offered = row_media;
  question.is_page = true;
  question.page = {PageKind::rows_of_key, "after", *limit, *instant};
  question.words = {std::move(command), fmt::format("--limit={}", *limit)};
  add_options(question.words, request, {"known", "zone", "visibility", "after"});
  question.words.insert(question.words.end(), {"--", exchange->at("view"), *request.parameter("key")});
  question.permalink = [exchange, at = *instant](const cli::Answered& answered) { return address_with(*exchange, pins(*answered.position, at)); };
  question.turned = [exchange, at = *instant](const cli::Answered& answered, const auto& cursor) { return with_cursor(*exchange, pins(*answered.position, at), cursor); };
  if (is_position(request.parameter("known")) && (!*instant || is_fixed(request.parameter("at")))) question.pinned = tag_of(services, *exchange, *media);
  answer_by_command(services, exchange, question);
}

/// The two points in place of what was typed, so that the same can be asked again.
Result<std::vector<std::pair<std::string, std::string>>> two_points(const Services& services, const Request& request) {
  const std::string zone = request.parameter("zone").value_or("UTC");
  const auto at = cli::parse_sides("at", request.parameter("at").value_or("")), known = cli::parse_sides("known", request.parameter("known").value_or(""));
  if (!at) return Failure(at.error());
  if (!known) return Failure(known.error());
  if (!zone_exists(zone)) return refused("zone", quoted(zone), "an IANA zone such as UTC or Europe/Minsk");
  const Instant moment = cli::now();
  const Result<Instant> a = cli::parse_at(at->first, zone, moment), b = cli::parse_at(at->second, zone, moment);
  const Result<Position> k = cli::parse_known(known->first, zone, moment, *services.ledger), l = cli::parse_known(known->second, zone, moment, *services.ledger);
  for (const auto* side : {&a, &b}) {
    if (!*side) return Failure(side->error());
  }
  for (const auto* side : {&k, &l}) {
    if (!*side) return Failure(side->error());
  }
  return std::vector<std::pair<std::string, std::string>>{{"at", format_instant(*a) + ".." + format_instant(*b)}, {"known", fmt::format("pos:{}..pos:{}", *k, *l)}};
}

void diff(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  trim_parameters(*exchange);
  const Request& request = exchange->request;
  Question question;
  question.words = {"diff"};
  question.media = *media;
  question.offered = row_media;
  // Programs get all of it unless they ask for less.
  const auto limit = limit_of(services, *exchange, *media == Media::html ? page_rows(services, *media, 0) : 0);
  if (!limit) return;
  question.page = {PageKind::diff, "after", *limit, std::nullopt};
  question.is_page = *limit > 0;
  if (*limit > 0) question.words.push_back(fmt::format("--limit={}", *limit));
  add_options(question.words, request, {"zone", "visibility", "where", "prefix", "after"});
  const auto fixed = two_points(services, request);
  if (!fixed) return exchange->respond(Reply(problem(fixed.error())));
  for (const auto& [name, value] : *fixed) question.words.push_back(fmt::format("--{}={}", name, value));
  question.permalink = [url = address_with(*exchange, *fixed)](const cli::Answered&) { return url; };
  question.turned = [exchange, fixed = *fixed](const cli::Answered&, const auto& cursor) { return with_cursor(*exchange, fixed, cursor); };
  question.words.insert(question.words.end(), {"--", exchange->at("view")});
  if (both_are_positions(request.parameter("known")) && is_fixed(request.parameter("at"))) question.pinned = tag_of(services, *exchange, *media);
  answer_by_command(services, exchange, question);
}

}  // namespace

void add_view_routes(std::vector<Route>& routes) {
  const std::vector<std::string_view> gives{"application/json", "application/x-ndjson", "text/csv", "text/html"};
  const auto add = [&](std::string_view path, std::string_view summary, std::vector<Parameter> query, auto handle) {
    Route route;
    route.path = path;
    route.summary = summary;
    route.query = std::move(query);
    route.gives = gives;
    route.statuses = {200, 304, 400, 404};
    route.handle = handle;
    routes.push_back(std::move(route));
  };
  add("/v1/views/{view}", "What is, or was, so: one row for each key",
      {at, known, zone, visibility, where, prefix, after, limit_rows,
       {"count", "Only how many: true, or no value", false, false, true}, {"explain", "With each row the events it rests on: true, or no value", false, false, true}, min_position},
      view);
  add("/v1/views", "The views there are", {}, [](Services&, const std::shared_ptr<Exchange>& exchange) {
    const auto media = media_of(*exchange, {Media::json, Media::html});
    if (!media) return;
    Answer answer;
    answer.headers = {{"Vary", "Accept, Authorization, Cookie"}, {"Cache-Control", "no-store"}};
    if (*media == Media::html) {
      answer.content_type = "text/html; charset=utf-8";
      for (auto& header : page_headers()) answer.headers.push_back(std::move(header));
      answer.body = views_page(*exchange);
      return exchange->respond(Reply(std::move(answer)));
    }
    for (const View* one : all_views()) answer.body += fmt::format("{}\"{}\"", answer.body.empty() ? "[" : ",", one->name());
    answer.body += "]\n";
    exchange->respond(Reply(std::move(answer)));
  });
  routes.back().gives = {"application/json", "text/html"};
  routes.back().statuses = {200};
  const Parameter key{"key", "The key, such as usa/belavia", false, true};
  const Parameter marked{"at", "Where a page shall mark what was so, and lead back to; the rows are the same"};
  add("/v1/views/{view}/timeline", "What was so over time, for one key", {key, marked, known, zone, visibility, after_rows, limit_rows, min_position},
      [](Services& services, const std::shared_ptr<Exchange>& exchange) { rows_of_key(services, exchange, "timeline"); });
  add("/v1/views/{view}/history", "What is and was believed about one key", {key, marked, known, zone, visibility, after_rows, limit_rows, min_position},
      [](Services& services, const std::shared_ptr<Exchange>& exchange) { rows_of_key(services, exchange, "history"); });
  add("/v1/views/{view}/diff", "What changed between two points of the two times",
      {{"at", "A..B, or one for both"}, {"known", "K..L, or one for both"}, zone, visibility, where, prefix, after,
       {"limit", "Only what differs of so many keys at most; all unless told, of pages 200"}, min_position},
      diff);
}

}  // namespace chancery::server
