#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/server/access.hpp"
#include "tools/server/pages.hpp"

/// What those who run the server ask it.
namespace chancery::server {
namespace {

std::string escaped_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

// What of a ledger's figures is of a follower, whose name comes after it: how far it came, and how often it failed one time after another.
constexpr std::string_view followed = "followed_by ", failing = "failing ";

/// What each figure of a ledger says.
std::string_view help_of(std::string_view figure) {
  constexpr std::pair<std::string_view, std::string_view> all[] = {
      {"events", "Events that are recorded"},
      {"bytes_on_disk", "RocksDB's table files, those that are no longer needed too"},
      {"live_bytes_on_disk", "RocksDB's table files that are needed"},
      {"bytes_in_memory", "RocksDB's memtables, and what it keeps of its tables beside the cache"},
      {"memtable_bytes", "RocksDB's memtables"},
      {"immutable_memtables", "Memtables that wait to be written to tables"},
      {"estimated_keys", "Keys in both databases, about"},
      {"pending_compaction_bytes", "What is to be compacted, about"},
      {"block_cache_bytes", "What the cache of blocks holds"},
      {"block_cache_capacity_bytes", "What the cache of blocks may hold"},
      {"running_flushes", "Memtables that are being written to tables"},
      {"running_compactions", "Compactions under way"},
      {"writes_stopped", "Of the two databases, those that take no writes until compaction has caught up"},
      {"delayed_write_bytes_per_second", "To what RocksDB slows writes down until compaction has caught up, of both databases together; 0: it does not"},
      {"background_errors", "Flushes and compactions that failed, in both databases together"},
      {"recording_failed", "1: a write failed, and the ledger must be opened again"},
  };
  const auto* found = std::find_if(std::begin(all), std::end(all), [&](const auto& one) { return one.first == figure; });
  return found == std::end(all) ? "Of the ledger" : found->second;
}

void print_figures(std::string& out, const Ledger& ledger) {
  std::string lag, failures;
  for (const auto& [name, value] : ledger.figures()) {
    if (name.starts_with(failing)) {
      failures += fmt::format("chancery_follower_failures{{follower=\"{}\"}} {}\n", escaped_label(name.substr(failing.size())), value);
      continue;
    }
    if (!name.starts_with(followed)) {
      const bool counter = name.ends_with("_since_open");
      const std::string full = "chancery_" + (counter ? name.substr(0, name.rfind("_since_open")) + "_total" : name);
      if (counter) print_counter(out, full, "Since the ledger was opened", value);
      else print_gauge(out, full, help_of(name), value);
      continue;
    }
    const Position last = ledger.last();
    lag += fmt::format("chancery_follower_lag_events{{follower=\"{}\"}} {}\n", escaped_label(name.substr(followed.size())), last > value ? last - value : 0);
  }
  out += "# HELP chancery_follower_lag_events Events that the index or a view has not followed yet\n# TYPE chancery_follower_lag_events gauge\n" + lag;
  out += "# HELP chancery_follower_failures How often the index or a view that cannot follow failed, one time after another\n# TYPE chancery_follower_failures gauge\n" + failures;
}

/// Why requests are not taken; empty where they are. What broke is for those who run it: it names folders.
std::string not_ready(const Services& services) {
  if (services.stopping) return "stopping\n";
  if (!services.ledger->broken()) return "";
  std::vector<std::string> names;
  for (const auto& [name, value] : services.ledger->figures()) {
    if (name == "recording_failed" && value > 0) return "a write failed: it must be started again\n";
    if (name.starts_with(failing)) names.push_back(name.substr(failing.size()));
  }
  return fmt::format("tries again to follow: {}\n", fmt::join(names, ", "));
}

/// How far each consumer and webhook is behind.
void print_consumers(std::string& out, Services& services) {
  const Position last = services.ledger->last();
  std::string lag, parked;
  const auto add = [&](Consumers& consumers, std::string_view kind) {
    for (const std::string& name : consumers.names()) {
      static_cast<void>(consumers.with(name, [&](Consumer& consumer, bool&) -> Result<void> {
        const std::string labels = fmt::format("{{{}=\"{}\"}}", kind, escaped_label(name));
        lag += fmt::format("chancery_consumer_lag_events{} {}\n", labels, last - std::min(last, consumer.position()));
        parked += fmt::format("chancery_consumer_parked_events{} {}\n", labels, consumer.parked().size());
        return {};
      }));
    }
  };
  add(services.consumers, "consumer");
  add(services.webhooks.consumers(), "webhook");
  out += "# HELP chancery_consumer_lag_events Events after the position of a consumer\n# TYPE chancery_consumer_lag_events gauge\n" + lag;
  out += "# HELP chancery_consumer_parked_events Events that a consumer gave up\n# TYPE chancery_consumer_parked_events gauge\n" + parked;
}

void metrics(Services& services, const std::shared_ptr<Exchange>& exchange) {
  Answer answer;
  answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
  std::string& out = answer.body;
  const Metrics& counts = services.metrics;
  print_gauge(out, "chancery_position", "The last position", services.ledger->last());
  print_gauge(out, "chancery_connections", "Connections that are open", counts.connections);
  print_counter(out, "chancery_connections_refused_total", "Connections that were one too many", counts.connections_refused);
  print_counter(out, "chancery_requests_total", "Requests that were answered", counts.requests);
  print_counter(out, "chancery_request_errors_total", "Those answered with 400 or more", counts.errors);
  print_counter(out, "chancery_appends_total", "Appends that the ledger was asked for through the server, those that it refused too", counts.appends);
  print_counter(out, "chancery_events_appended_total", "Events that it took, those left out that it knew", counts.events_appended);
  print_gauge(out, "chancery_feeds", "Feeds that are followed", counts.feeds);
  print_counter(out, "chancery_feeds_cut_total", "Feeds that were cut because nobody took them", counts.feeds_cut);
  print_counter(out, "chancery_events_delivered_total", "Events sent to feeds", counts.events_delivered);
  counts.append_seconds.print(out, "chancery_append_seconds", "From the request to the disk, of appends that recorded something");
  counts.group_commits.print(out, "chancery_commits_per_sync", "Commits that shared one sync of the disk");
  print_figures(out, *services.ledger);
  print_consumers(out, services);
  exchange->respond(Reply(std::move(answer)));
}

void text(const std::shared_ptr<Exchange>& exchange, int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.content_type = "text/plain; charset=utf-8";
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.body = std::move(body);
  exchange->respond(Reply(std::move(answer)));
}

void page(const std::shared_ptr<Exchange>& exchange, int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.content_type = "text/html; charset=utf-8";
  answer.headers = page_headers();
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.body = std::move(body);
  exchange->respond(Reply(std::move(answer)));
}

/// A field of a form that was sent, without the blanks that come along when it is pasted.
std::string sent(const Exchange& exchange, std::string_view field) {
  const auto form = Target::parse_query("body", exchange.request.body);
  for (const auto& [name, value] : form ? *form : std::vector<std::pair<std::string, std::string>>{}) {
    if (name != field) continue;
    const std::size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
    return value.substr(begin, value.find_last_not_of(" \t") + 1 - begin);
  }
  return {};
}

/// Sends a browser on with what it shall keep as its token, for so long.
void keep_token(Services& services, const std::shared_ptr<Exchange>& exchange, const std::string& token, const std::string& to, std::string_view lifetime) {
  Answer answer;
  answer.status = 303;
  const std::string_view secure = services.url.starts_with("https:") ? "; Secure" : "";
  answer.headers = {{"Location", to}, {"Set-Cookie", fmt::format("{}{}; HttpOnly; SameSite=Strict; Path=/{}{}", cookie_name, token, secure, lifetime)}};
  exchange->respond(Reply(std::move(answer)));
}

/// Keeps a token that is one in a cookie.
void login(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const std::string given = sent(*exchange, "token"), back = own_address(sent(*exchange, "back"));
  const auto token = services.tokens.find(given);
  if (!token) return exchange->respond(Reply(problem(token.error())));
  if (!*token) return page(exchange, 401, login_page(*exchange, true, back));
  keep_token(services, exchange, given, back, "");
}

}  // namespace

void add_operation_routes(std::vector<Route>& routes) {
  const auto add = [&](std::string_view path, std::string_view summary, Needs needs, std::string_view gives, bool quick, auto handle) {
    Route route;
    route.path = path;
    route.summary = summary;
    route.needs = needs;
    route.gives = {gives};
    route.quick = quick;
    route.statuses = {200};
    route.handle = handle;
    routes.push_back(std::move(route));
  };
  add("/healthz", "Whether the server runs", Needs::nothing, "text/plain", true,
      [](Services&, const std::shared_ptr<Exchange>& exchange) { text(exchange, 200, "ok\n"); });
  add("/readyz", "Whether it takes requests: 503 while it stops, where the disk failed and it must be started again, or while a view cannot follow", Needs::nothing, "text/plain", true,
      [](Services& services, const std::shared_ptr<Exchange>& exchange) {
        const std::string why = not_ready(services);
        text(exchange, why.empty() ? 200 : 503, why.empty() ? "ready\n" : why);
      });
  routes.back().statuses.push_back(503);
  add("/metrics", "What it counts, for Prometheus", Needs::admin, "text/plain", false, metrics);
  add("/", "The first page, for people", Needs::nothing, "text/html", true, [](Services& services, const std::shared_ptr<Exchange>& exchange) {
    const bool reads = exchange->caller.known || services.config.open_reading;
    page(exchange, 200, front_page(*exchange, reads ? std::optional(services.ledger->last()) : std::nullopt));
  });
  routes.back().query = {{"zone", "The zone of dates"}, {"visibility", "The level to go on at"}};
  add("/login", "Where people give a token", Needs::nothing, "text/html", true, [](Services&, const std::shared_ptr<Exchange>& exchange) {
    page(exchange, 200, login_page(*exchange, false, exchange->request.parameter("back").value_or("/")));
  });
  routes.back().query = {{"back", "The address to go on to"}};
  add("/login", "Keeps a token in a cookie, with which pages can be read and nothing else be done", Needs::nothing, "text/html", false, login);
  routes.back().method = Method::post;
  routes.back().body = Body::whole;
  routes.back().takes = {"application/x-www-form-urlencoded"};
  routes.back().statuses = {303, 401};
  add("/logout", "Takes the cookie away", Needs::nothing, "text/html", false, [](Services& services, const std::shared_ptr<Exchange>& exchange) { keep_token(services, exchange, "", "/", "; Max-Age=0"); });
  routes.back().method = Method::post;
  routes.back().body = Body::whole;
  routes.back().takes = {"application/x-www-form-urlencoded"};
  routes.back().statuses = {303};
  add("/openapi.json", "This document", Needs::nothing, "application/json", false, [](Services& services, const std::shared_ptr<Exchange>& exchange) {
    Answer answer;
    answer.body = openapi(services.url);
    exchange->respond(Reply(std::move(answer)));
  });
}

}  // namespace chancery::server
