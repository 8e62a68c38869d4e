#include <fmt/format.h>

#include <algorithm>

#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// What is said of a request that is refused, and how to go on.
namespace chancery::server {
namespace {

/// The same at the reader's own level.
std::string at_own_level(const Exchange& exchange) {
  Parameters rest = exchange.request.target.query;
  std::erase_if(rest, [](const auto& one) { return one.first == "visibility"; });
  rest.emplace_back("visibility", word(exchange.caller.level()));
  return address(exchange, path_of(exchange), rest);
}

/// A path that may have been meant: an id whose slashes are to be encoded, or one without the slash at its end.
std::optional<std::string> meant(const Exchange& exchange) {
  std::vector<std::string> segments = exchange.request.target.segments;
  while (!segments.empty() && segments.back().empty()) segments.pop_back();
  constexpr std::size_t prefix = 2;
  if (segments.size() < prefix || segments[0] != "v1") return std::nullopt;
  const bool named = segments[1] == "events" || segments[1] == "streams";
  const bool traced = segments[1] == "events" && segments.size() > prefix + 1 && segments.back() == "trace";
  std::string path = "/v1/" + percent_encoded(segments[1]), rest;
  for (std::size_t i = prefix; i < segments.size(); ++i) {
    const bool separate = !named || (traced && i + 1 == segments.size());
    rest += (rest.empty() ? "" : separate ? "/" : "%2F") + percent_encoded(segments[i]);
  }
  if (!rest.empty()) path += '/' + rest;
  return path == path_of(exchange) ? std::nullopt : std::optional(path);
}

/// All that was wrong.
std::string list(const Exchange& exchange, const std::vector<std::string_view>& errors) {
  std::string out = "<ul>\n";
  for (const std::string_view one : errors) {
    const auto text = [&](std::string_view name) { return plain_text(member(one, name)); };
    out += "<li>" + recorded_text(Error{ErrorKind::refused, label_of(exchange, text("field")), text("found"), text("allowed")}.message()) + "</li>\n";
  }
  return out + "</ul>\n";
}

/// What was wrong, with the field called as the form calls it.
std::string detail(const Exchange& exchange, const std::string& json) {
  const std::string field = plain_text(member(json, "field"));
  std::string text = plain_text(member(json, "detail"));
  if (!field.empty() && text.starts_with(field + ":")) text.replace(0, field.size(), label_of(exchange, field));
  else if (text.starts_with("--")) text.erase(0, 2);
  if (const auto all = elements(member(json, "errors")); all.size() > 1) return list(exchange, all);
  return text.empty() ? "" : "<p>" + recorded_text(text) + "</p>\n";
}

/// What is said of a request that is refused, with its question to be asked again.
std::string problem_page(const Exchange& exchange, int status, const std::string& json) {
  std::string body = detail(exchange, json);
  if (status == 401) {
    const std::string asked = with_query(path_of(exchange), exchange.request.target.query);
    body += "<p>You need an access token; ask whoever runs this ledger for one. " + link("/login?back=" + percent_encoded(asked), "Give a token") + "</p>\n";
  }
  if (status == 404) {
    if (const auto path = meant(exchange)) body += "<p>Did you mean " + link(address(exchange, *path), *path) + "?</p>\n";
  }
  if (status == 431) body += "<p>The address, or the cookies that your browser sends along, are too long.</p>\n";
  if (plain_text(member(json, "field")) == "visibility") {
    body += fmt::format("<p>This address is that of an answer at a level above yours: you read at level {}, and would be told something else. {}</p>\n", word(exchange.caller.level()),
                        link(at_own_level(exchange), "The same at your level"));
  }
  // Asked otherwise, either would be answered the same.
  const bool hopeless = status == 401 || (status == 404 && plain_text(member(json, "field")) == "view");
  body += (hopeless ? "" : question_form(exchange, true)) + ways("Ways on", {link("/", "To the front page")});
  const std::string reason(reason_of(status));
  return whole_page({reason, reason, "", navigation(exchange)}, body);
}

}  // namespace

void show_to_people(const Exchange& exchange, Answer& answer) {
  if (answer.content_type != "application/problem+json") return;
  const auto format = exchange.request.parameter("format");
  const bool for_people = format ? *format == format_name(Media::html) : negotiate(exchange.request.header("accept"), {Media::json, Media::html}) == Media::html;
  if (!for_people) return;
  answer.body = problem_page(exchange, answer.status, answer.body);
  answer.content_type = "text/html; charset=utf-8";
  answer.headers.emplace_back("Vary", "Accept, Authorization, Cookie");
  for (auto& header : page_headers()) answer.headers.push_back(std::move(header));
}

}  // namespace chancery::server
