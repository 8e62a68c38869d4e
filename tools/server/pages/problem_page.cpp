#include <fmt/format.h>

#include <algorithm>

#include "tools/server/html.hpp"
#include "tools/server/pages.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// What is said of a request that is refused, and how to go on.
namespace chancery::server {
namespace {

/// The address that was asked for.
std::string asked_url(const Exchange& exchange) {
  std::string url = path_of(exchange);
  char join = '?';
  for (const auto& [name, value] : exchange.request.target.query) url += fmt::format("{}{}={}", std::exchange(join, '&'), percent_encoded(name), percent_encoded(value));
  return url.empty() ? "/" : url;
}

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
  std::string path = "/v1/" + percent_encoded(segments[1]), rest;
  for (std::size_t i = prefix; i < segments.size(); ++i) rest += (rest.empty() ? "" : named ? "%2F" : "/") + percent_encoded(segments[i]);
  if (!rest.empty()) path += '/' + rest;
  return path == path_of(exchange) ? std::nullopt : std::optional(path);
}

/// What was wrong, with the field called as the form calls it.
std::string detail(const Exchange& exchange, const std::string& json) {
  const std::string field = plain_text(member(json, "field"));
  std::string text = plain_text(member(json, "detail"));
  if (!field.empty() && text.starts_with(field + ":")) text.replace(0, field.size(), label_of(exchange, field));
  else if (text.starts_with("--")) text.erase(0, 2);
  return "<p>" + recorded_text(text) + "</p>\n";
}

}  // namespace

std::string problem_page(const Exchange& exchange, int status, const std::string& json) {
  std::string body = detail(exchange, json);
  if (status == 401) {
    body += "<p>You need an access token; ask whoever runs this ledger for one. " + link("/login?back=" + percent_encoded(asked_url(exchange)), "Give a token") + "</p>\n";
  }
  if (status == 404) {
    if (const auto path = meant(exchange)) body += "<p>Did you mean " + link(address(exchange, *path), *path) + "?</p>\n";
  }
  if (plain_text(member(json, "field")) == "visibility") {
    body += fmt::format("<p>This address is that of an answer at a level above yours: you read at level {}, and would be told something else. {}</p>\n", word(exchange.caller.level()),
                        link(at_own_level(exchange), "The same at your level"));
  }
  body += question_form(exchange) + "<p class=\"ways\">" + link("/", "To the front page") + "</p>\n";
  return whole_page({std::string(reason_of(status)) + " - Chancery", std::string(reason_of(status)), navigation(exchange)}, body);
}

}  // namespace chancery::server
