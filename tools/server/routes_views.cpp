#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tools/server/answering.hpp"

/// The views: GET /v1/views/...
namespace chancery::server {
namespace {

// What an answer that is kept for ever depends on besides the question: another version may write it otherwise.
constexpr std::string_view answers_version = "1";

const std::vector<Media> row_media{Media::json, Media::ndjson, Media::csv, Media::html};

const Parameter at{"at", "The world's time: an EDTF date or time, or now"};
const Parameter known{"known", "What was known: an EDTF date or time, pos:N or now"};
const Parameter zone{"zone", "The zone of dates; UTC unless told"};
const Parameter visibility{"visibility", "public, partner or restricted, up to the caller's own level"};
const Parameter where{"where", "FIELD=VALUE, LIST~VALUE or TEXT~VALUE", true};
const Parameter prefix{"prefix", "Only keys that begin so"};
const Parameter min_position{"min_position", "Wait until the ledger has this position"};

bool is_position(const std::optional<std::string>& text) { return text && text->starts_with("pos:") && text->find("..") == std::string::npos; }

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

/// The question and who is told, as a strong ETag (RFC 9110).
std::string tag_of(const Exchange& exchange, Media media) {
  std::string text = fmt::format("{} {} {}", answers_version, static_cast<int>(exchange.caller.level()), media_type(media));
  for (const std::string& segment : exchange.request.target.segments) text += '\0' + segment;
  for (const auto& [name, value] : exchange.request.target.query) {
    if (name != "min_position") text += '\0' + name + '\0' + value;
  }
  return '"' + sha256_hex(text).substr(0, 32) + '"';
}

/// The same question at the position and instant that were answered.
std::string pinned_url(const Exchange& exchange, const cli::Answered& answered, bool with_at) {
  std::string url;
  for (const std::string& segment : exchange.request.target.segments) url += '/' + percent_encoded(segment);
  char join = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += fmt::format("{}{}={}", std::exchange(join, '&'), name, percent_encoded(value));
  };
  if (with_at && answered.at) add("at", format_instant(*answered.at));
  add("known", fmt::format("pos:{}", *answered.position));
  for (const auto& [name, value] : exchange.request.target.query) {
    if (name != "known" && name != "after" && name != "min_position" && !(with_at && name == "at")) add(name, value);
  }
  return url;
}

void answer_rows(Services& services, const std::shared_ptr<Exchange>& exchange, std::vector<std::string> words, bool with_at) {
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  const Request& request = exchange->request;
  Question question;
  question.words = std::move(words);
  question.media = *media;
  question.page = with_at ? PageKind::view : PageKind::key;
  question.is_page = with_at;
  question.permalink = [exchange, with_at](const cli::Answered& answered) { return pinned_url(*exchange, answered, with_at); };
  if (is_position(request.parameter("known")) && (!with_at || is_fixed(request.parameter("at")))) question.pinned = tag_of(*exchange, *media);
  answer_by_command(services, exchange, question);
}

void view(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const Request& request = exchange->request;
  std::vector<std::string> words{"view"};
  add_options(words, request, {"at", "known", "zone", "visibility", "where", "prefix", "after"});
  std::uint64_t limit = services.config.rows;
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
  std::vector<std::string> words{std::move(command)};
  add_options(words, exchange->request, {"known", "zone", "visibility"});
  words.insert(words.end(), {"--", exchange->at("view"), *exchange->request.parameter("key")});
  answer_rows(services, exchange, std::move(words), false);
}

void diff(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const auto media = media_of(*exchange, row_media);
  if (!media) return;
  const Request& request = exchange->request;
  Question question;
  question.words = {"diff"};
  question.media = *media;
  question.page = PageKind::diff;
  add_options(question.words, request, {"at", "known", "zone", "visibility", "where", "prefix"});
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
    Answer answer;
    for (const View* one : all_views()) answer.body += fmt::format("{}\"{}\"", answer.body.empty() ? "[" : ",", one->name());
    answer.body += "]\n";
    exchange->respond(Reply(std::move(answer)));
  });
  routes.back().gives = {"application/json"};
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
