#include "tools/server/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "projections/view.hpp"
#include "tools/server/html.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

const json::value* find(const json::value& value, std::string_view name) { return value.is_object() ? value.as_object().if_contains(name) : nullptr; }

std::string words(const json::value& value, std::string_view name) {
  const json::value* found = find(value, name);
  return found ? in_words(*found) : "";
}

std::string event_url(std::string_view id) { return "/v1/events/" + percent_encoded(id); }

/// Positions of events, each a link.
std::string because(const json::value& row) {
  std::string out;
  if (const json::value* list = find(row, "because"); list && list->is_array()) {
    for (const json::value& position : list->as_array()) {
      const std::string name = "pos:" + json::serialize(position);
      out += (out.empty() ? "" : " ") + link(event_url(name), name.substr(4));
    }
  }
  return out;
}

/// A field for each value that was given; an empty one where there was none.
std::string input(std::string_view name, std::string_view label, const Exchange& exchange) {
  std::string out;
  const auto add = [&](std::string_view value) { out += fmt::format("<label>{} <input name=\"{}\" value=\"{}\"></label>", escaped(label), name, escaped(value)); };
  for (const auto& [given, value] : exchange.request.target.query) {
    if (given == name) add(value);
  }
  if (out.empty()) add("");
  return out;
}

std::string path_of(const Exchange& exchange) {
  std::string path;
  for (const std::string& segment : exchange.request.target.segments) path += '/' + percent_encoded(segment);
  return path;
}

/// Whoever asked for less than he may see goes on so.
std::string kept_level(const Exchange& exchange) {
  const auto level = exchange.request.parameter("visibility");
  return level ? fmt::format("<input type=\"hidden\" name=\"visibility\" value=\"{}\">", escaped(*level)) : "";
}

/// Both times to choose, and what else there is.
std::string question_form(const Exchange& exchange, PageKind kind) {
  std::string form = fmt::format("<form method=\"get\" action=\"{}\">", escaped(path_of(exchange)));
  if (kind == PageKind::view || kind == PageKind::diff) form += input("at", kind == PageKind::diff ? "so at (A..B)" : "so at", exchange);
  form += input("known", kind == PageKind::diff ? "known at (K..L)" : "known at", exchange);
  form += input("zone", "zone", exchange);
  if (kind == PageKind::key) form += input("key", "key", exchange);
  else form += input("prefix", "keys that begin with", exchange) + input("where", "where", exchange);
  return form + kept_level(exchange) + "<button>Ask</button></form>\n";
}

std::string view_links(const Exchange& exchange) {
  const std::string view = "/v1/views/" + percent_encoded(exchange.path.find("view")->second);
  return "<p>" + link(view, "now") + " &middot; " + link(view + "/diff?at=now&known=pos:0..now", "what changed") + "</p>\n";
}

/// An instant without what is the same in all: `2025-09-11 21:00`. Anything else as it is.
std::string readable(std::string text) {
  if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return text;
  text[10] = ' ';
  text.pop_back();
  if (text.ends_with(":00")) text.resize(text.size() - 3);
  return text;
}

/// What of an object is not empty, a line each.
std::string lines_of(const json::value& value) {
  if (!value.is_object()) return escaped(readable(in_words(value)));
  std::string out;
  for (const auto& [name, one] : value.as_object()) {
    const std::string text = readable(in_words(one));
    if (!text.empty()) out += fmt::format("{}{}: {}", out.empty() ? "" : "<br>", escaped(std::string_view(name.data(), name.size())), escaped(text));
  }
  return out;
}

/// The key, and where more of it is told: as known then, in that zone.
std::string key_cell(const Exchange& exchange, const std::string& key) {
  const std::string view_path = "/v1/views/" + percent_encoded(exchange.path.find("view")->second);
  std::string query = "?key=" + percent_encoded(key);
  for (const std::string_view name : {"known", "zone", "visibility"}) {
    if (const auto value = exchange.request.parameter(name)) query += fmt::format("&{}={}", name, percent_encoded(*value));
  }
  return escaped(key) + "<br>" + link(view_path + "/timeline" + query, "timeline") + ' ' + link(view_path + "/history" + query, "history");
}

/// A table of rows: those of `first`, and the state.
std::string table_of(const Exchange& exchange, const json::array& rows, const std::vector<std::pair<std::string_view, std::string_view>>& first) {
  std::string out = "<table><thead><tr>";
  for (const auto& [name, title] : first) out += fmt::format("<th>{}</th>", title);
  out += "<th>what is so</th><th>because of</th></tr></thead><tbody>\n";
  for (const json::value& row : rows) {
    out += "<tr>";
    for (const auto& [name, title] : first) {
      const std::string text = words(row, name);
      out += "<td>" + (name == "key" ? key_cell(exchange, text) : escaped(readable(text))) + (name == "valid_from" && words(row, "certain") == "no" ? " (not certain)" : "") + "</td>";
    }
    out += "<td>" + (find(row, "state") ? lines_of(*find(row, "state")) : "") + "</td>";
    out += "<td>" + because(row) + (words(row, "disputed") == "yes" ? " disputed" : "") + "</td></tr>\n";
  }
  return out + "</tbody></table>\n";
}

std::string rows_page(const Exchange& exchange, PageKind kind, const json::value& answer) {
  std::string out = view_links(exchange) + question_form(exchange, kind);
  if (const json::value* count = find(answer, "count")) out += fmt::format("<p>{} rows</p>\n", json::serialize(*count));
  const std::string at = words(answer, "at");
  out += fmt::format("<p class=\"note\">{}as known at position {}</p>\n", at.empty() ? "" : escaped("what was so at " + readable(at) + " UTC, "), escaped(words(answer, "position")));
  const json::value* rows = find(answer, "rows");
  if (!rows || !rows->is_array()) return out;
  if (rows->as_array().empty()) return out + "<p>No rows.</p>\n";
  std::vector<std::pair<std::string_view, std::string_view>> first{{"valid_from", "from (UTC)"}, {"valid_to", "to"}};
  if (kind == PageKind::view) first.insert(first.begin(), {"key", "key"});
  if (exchange.request.target.segments.back() == "history") first.insert(first.end(), {{"known_from", "believed from"}, {"known_to", "to"}});
  return out + table_of(exchange, rows->as_array(), first);
}

std::string diff_page(const Exchange& exchange, const json::value& answer) {
  std::string out = view_links(exchange) + question_form(exchange, PageKind::diff);
  for (const auto& [name, title] : {std::pair("knowledge", "What we learned"), std::pair("world", "What happened")}) {
    out += fmt::format("<h2>{}</h2>\n<table><thead><tr><th>key</th><th>before</th><th>after</th><th>because of</th></tr></thead><tbody>\n", title);
    if (const json::value* list = find(answer, name); list && list->is_array()) {
      for (const json::value& one : list->as_array()) {
        out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(words(one, "key")), escaped(words(one, "before")), escaped(words(one, "after")), because(one));
      }
    }
    out += "</tbody></table>\n";
  }
  return out;
}

std::string events_page(const Exchange& exchange, const json::value& answer) {
  std::string out = fmt::format("<form method=\"get\" action=\"{}\">", escaped(path_of(exchange)));
  for (const std::string_view name : {"type", "party", "tag", "grep", "since", "until", "order"}) out += input(name, name, exchange);
  out += input("zone", "zone", exchange) + kept_level(exchange);
  out += "<button>Ask</button></form>\n<table><thead><tr><th>position</th><th>happened</th><th>type</th><th>what</th></tr></thead><tbody>\n";
  if (const json::value* events = find(answer, "events"); events && events->is_array()) {
    for (const json::value& event : events->as_array()) {
      const std::string id = words(event, "id"), data = words(event, "data");
      const std::string what = !words(event, "summary").empty() ? words(event, "summary") : !data.empty() ? data : id;
      out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(words(event, "position")), escaped(words(event, "occurred")), escaped(words(event, "type")),
                         link(event_url(id), what));
    }
  }
  return out + "</tbody></table>\n";
}

std::string source_item(const json::value& source) {
  const std::string url = words(source, "url"), title = words(source, "title"), publisher = words(source, "publisher"), grade = words(source, "grade"), quote = words(source, "quote");
  std::string out = "<li>" + (url.empty() ? escaped(title) : link(url, title.empty() ? url : title));
  if (!publisher.empty()) out += escaped(", " + publisher);
  if (!grade.empty()) out += escaped(" [" + grade + "]");
  if (!quote.empty()) out += "<blockquote>" + escaped(quote) + "</blockquote>";
  return out + "</li>\n";
}

std::string ids(const json::value& shown, std::string_view name, std::string_view title) {
  const json::value* list = find(shown, name);
  if (!list || list->is_null() || (list->is_array() && list->as_array().empty())) return "";
  std::string out = fmt::format("<dt>{}</dt><dd>", title);
  const auto add = [&](const json::value& id) { out += link(event_url(in_words(id)), in_words(id)) + ' '; };
  if (list->is_array()) {
    for (const json::value& id : list->as_array()) add(id);
  } else {
    add(*list);
  }
  return out + "</dd>\n";
}

std::string event_page(const json::value& shown) {
  const json::value event = find(shown, "event") ? *find(shown, "event") : json::value();
  std::string out;
  if (const std::string summary = words(event, "summary"); !summary.empty()) out += "<p>" + escaped(summary) + "</p>\n";
  out += "<dl>\n";
  out += fmt::format("<dt>stands</dt><dd>{}</dd>\n", words(shown, "live") == "yes" ? "yes" : "no");
  if (words(shown, "live") != "yes") out += ids(shown, "live_event", "now said by");
  out += ids(shown, "withdrawn_by", "withdrawn by");
  if (const json::value* chain = find(shown, "chain"); chain && chain->is_array() && chain->as_array().size() > 1) out += ids(shown, "chain", "its history");
  out += ids(shown, "because_of", "because of") + ids(shown, "answered_by", "answered by") + ids(shown, "disputed_by", "disputed by") + ids(shown, "supported_by", "further sources");
  if (event.is_object()) {
    for (const auto& [name, value] : event.as_object()) {
      if (name == "sources" || name == "summary" || name == "because_of" || name == "id") continue;
      const bool names_event = name == "corrects" || name == "retracts" || name == "supports" || name == "disputes";
      const std::string_view title(name.data(), name.size());
      out += names_event ? ids(event, title, escaped(title)) : fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(title), lines_of(value));
    }
  }
  out += "</dl>\n";
  const json::value* sources = find(event, "sources");
  if (!sources || !sources->is_array()) return out;
  out += "<h2>On whose word</h2>\n<ul>\n";
  for (const json::value& source : sources->as_array()) out += source_item(source);
  return out + "</ul>\n";
}

}  // namespace

std::string answer_page(const Exchange& exchange, const PageQuestion& question, const std::string& text) {
  boost::system::error_code error;
  const json::value answer = json::parse(text, error);
  std::string body, title = "Log";
  switch (question.kind) {
    case PageKind::view:
    case PageKind::key:
      title = exchange.path.find("view")->second;
      body = rows_page(exchange, question.kind, answer);
      break;
    case PageKind::diff:
      title = exchange.path.find("view")->second + ": what changed";
      body = diff_page(exchange, answer);
      break;
    case PageKind::events: body = events_page(exchange, answer); break;
    case PageKind::event:
      title = find(answer, "event") ? words(*find(answer, "event"), "id") : "";
      body = event_page(answer);
      break;
  }
  if (question.next) body += "<p>" + link(*question.next, "next page") + "</p>\n";
  if (question.permalink) body += "<p class=\"note\">" + link(*question.permalink, "This answer, for ever") + "</p>\n";
  return whole_page(title, body);
}

std::string problem_page(const Exchange&, int status, const std::string& problem_json) {
  boost::system::error_code error;
  const json::value problem = json::parse(problem_json, error);
  std::string body = "<p>" + escaped(words(problem, "detail")) + "</p>\n";
  if (status == 401) body += "<p>" + link("/login", "Give a token") + "</p>\n";
  return whole_page(reason_of(status), body);
}

std::string front_page(const Exchange& exchange, std::optional<Position> last) {
  std::string body = fmt::format("<p>An append-only ledger of diplomatic actions{}.</p>\n<h2>What is, or was, so</h2>\n<ul>\n", last ? fmt::format("; it ends at position {}", *last) : "");
  for (const View* view : all_views()) body += "<li>" + link("/v1/views/" + std::string(view->name()), view->name()) + "</li>\n";
  body += "</ul>\n<h2>What was recorded</h2>\n<ul><li>" + link("/v1/events?order=newest", "newest first") + "</li><li>" + link("/v1/events?order=occurred", "as it happened") + "</li></ul>\n";
  body += exchange.caller.known ? std::string("<p class=\"note\">") + escaped("You read as " + std::string(role_name(exchange.caller.role))) + "</p>\n" : "<p>" + link("/login", "Give a token") + "</p>\n";
  return whole_page("Chancery", body);
}

std::string login_page(bool refused) {
  return whole_page("Token", std::string(refused ? "<p>That is no token.</p>\n" : "") +
                                 "<form method=\"post\" action=\"/login\"><label>token <input name=\"token\" type=\"password\" autocomplete=\"off\"></label><button>Read</button></form>\n");
}

std::vector<std::pair<std::string, std::string>> page_headers() {
  return {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}, {"Referrer-Policy", "no-referrer"}};
}

}  // namespace chancery::server
