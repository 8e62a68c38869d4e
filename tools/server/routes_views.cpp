#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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

/// An answer at one position and, of a view, one instant, for ever.
std::vector<std::pair<std::string, std::string>> pins(const cli::Answered& answered, bool with_at) {
  std::vector<std::pair<std::string, std::string>> fixed;
  if (with_at && answered.at) fixed.emplace_back("at", format_instant(*answered.at));
  fixed.emplace_back("known", fmt::format("pos:{}", *answered.position));
  return fixed;
}

void answer_rows(Services& services, const std::shared_ptr<Exchange>& exchange, std::vector<std::string> words, bool with_at) {
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  const Request& request = exchange->request;
  Question question;
  question.words = std::move(words);
  question.media = *media;
  question.is_page = with_at;
  question.permalink = [exchange, with_at](const cli::Answered& answered) { return address_with(*exchange, pins(answered, with_at)); };
  question.next = [exchange, with_at](const cli::Answered& answered) {
    auto fixed = pins(answered, with_at);
    fixed.emplace_back("after", *answered.next);
    return address_with(*exchange, fixed);
  };
  if (is_position(request.parameter("known")) && (!with_at || is_fixed(request.parameter("at")))) question.pinned = tag_of(*exchange, *media);
  answer_by_command(services, exchange, question);
}

void view(Services& services, const std::shared_ptr<Exchange>& exchange) {
  trim_parameters(*exchange);
  const Request& request = exchange->request;
  std::vector<std::string> words{"view"};
  add_options(words, request, {"at", "known", "zone", "visibility", "where", "prefix", "after"});
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  std::uint64_t limit = page_rows(services, *media, services.config.rows);
  if (const auto text = request.parameter("limit")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc() || end != text->data() + text->size() || limit < 1 || limit > services.config.rows) {
      return exchange->respond(Reply(problem(Error{ErrorKind::refused, "limit", quoted(*text), fmt::format("1 to {}", services.config.rows)})));
    }
  }
  words.push_back(fmt::format("--limit={}", limit));
  for (const std::string_view flag : {"count", "explain"}) {
    if (const auto value = request.parameter(flag)) {
      if (!value->empty() && *value != "true") return exchange->respond(Reply(problem(Error{ErrorKind::refused, std::string(flag), quoted(*value), "true, or nothing"})));
      words.push_back(fmt::format("--{}", flag));
    }
  }
  words.insert(words.end(), {"--", exchange->at("view")});
  answer_rows(services, exchange, std::move(words), true);
}

void rows_of_key(Services& services, const std::shared_ptr<Exchange>& exchange, std::string command) {
  trim_parameters(*exchange);
  std::vector<std::string> words{std::move(command)};
  add_options(words, exchange->request, {"known", "zone", "visibility"});
  words.insert(words.end(), {"--", exchange->at("view"), *exchange->request.parameter("key")});
  answer_rows(services, exchange, std::move(words), false);
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
  question.page = PageKind::diff;
  add_options(question.words, request, {"zone", "visibility", "where", "prefix"});
  const auto fixed = two_points(services, request);
  if (!fixed) return exchange->respond(Reply(problem(fixed.error())));
  for (const auto& [name, value] : *fixed) question.words.push_back(fmt::format("--{}={}", name, value));
  question.permalink = [url = address_with(*exchange, *fixed)](const cli::Answered&) { return url; };
  question.words.insert(question.words.end(), {"--", exchange->at("view")});
  if (both_are_positions(request.parameter("known")) && is_fixed(request.parameter("at"))) question.pinned = tag_of(*exchange, *media);
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
      {at, known, zone, visibility, where, prefix, {"after", "Only keys that come after this one: the next page"}, {"limit", "At most so many rows"},
       {"count", "Only how many", false, false, true}, {"explain", "With each row the events it rests on", false, false, true}, min_position},
      view);
  add("/v1/views", "The views there are", {}, [](Services&, const std::shared_ptr<Exchange>& exchange) {
    const auto media = media_of(*exchange, {Media::json, Media::html});
    if (!media) return;
    Answer answer;
    if (*media == Media::html) {
      answer.content_type = "text/html; charset=utf-8";
      answer.headers = page_headers();
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
  add("/v1/views/{view}/timeline", "What was so over time, for one key", {key, known, zone, visibility, min_position},
      [](Services& services, const std::shared_ptr<Exchange>& exchange) { rows_of_key(services, exchange, "timeline"); });
  add("/v1/views/{view}/history", "What is and was believed about one key", {key, known, zone, visibility, min_position},
      [](Services& services, const std::shared_ptr<Exchange>& exchange) { rows_of_key(services, exchange, "history"); });
  add("/v1/views/{view}/diff", "What changed between two points of the two times",
      {{"at", "A..B, or one for both"}, {"known", "K..L, or one for both"}, zone, visibility, where, prefix, min_position}, diff);
}

}  // namespace chancery::server
