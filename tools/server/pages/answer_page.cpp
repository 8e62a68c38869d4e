#include <fmt/format.h>

#include <algorithm>

#include "tools/server/html.hpp"
#include "tools/server/pages.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/parts.hpp"

/// What all pages of answers have: the question above, the ways on and the address for ever below.
namespace chancery::server {
namespace {

PageBody body_of(const PageReader& reader, PageKind kind, const std::string& json) {
  switch (kind) {
    case PageKind::rows: return rows_body(reader, json);
    case PageKind::diff: return diff_body(reader, json);
    case PageKind::events: return log_body(reader, json);
    case PageKind::event: return event_body(reader, json);
    case PageKind::trace: return trace_body(reader, json);
  }
  return {};
}

bool turns_pages(std::string_view name) { return name == "after" || name == "before" || name == "beyond"; }

/// Where this answer begins, if this is not its first page.
std::optional<std::string> first_page(const Exchange& exchange) {
  Parameters rest = exchange.request.target.query;
  if (std::erase_if(rest, [](const auto& one) { return turns_pages(one.first); }) == 0) return std::nullopt;
  return address(exchange, path_of(exchange), rest);
}

/// Where the rows of all pages are counted.
std::string count_of_all(const Exchange& exchange) {
  Parameters rest = exchange.request.target.query;
  std::erase_if(rest, [](const auto& one) { return turns_pages(one.first) || one.first == "limit" || one.first == "explain" || one.first == "count"; });
  rest.emplace_back("count", "true");
  return address(exchange, path_of(exchange), rest);
}

std::string foot(const Exchange& exchange, const PageQuestion& question) {
  std::string out;
  if (const auto first = first_page(exchange)) out += "<p class=\"ways\">" + link(*first, "first page") + "</p>\n";
  if (question.next) out += "<p>More follows: " + link(*question.next, "next page") + (question.kind == PageKind::rows ? " (" + link(count_of_all(exchange), "how many in all") + ')' : "") + "</p>\n";
  if (question.permalink) out += "<p class=\"note\">" + link(*question.permalink, "This answer, for ever") + ": <span class=\"url\">" + escaped(*question.permalink) + "</span></p>\n";
  return out;
}

}  // namespace

std::string answer_page(const Exchange& exchange, const cli::Reading& reading, const PageQuestion& question, const std::string& json) {
  const PageReader reader(exchange, reading);
  const PageBody body = body_of(reader, question.kind, json);
  return whole_page({body.title + " - Chancery", body.heading, navigation(exchange)}, question_form(exchange) + body.html + foot(exchange, question));
}

std::vector<std::pair<std::string, std::string>> page_headers() {
  return {{"Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
          {"Referrer-Policy", "no-referrer"}};
}

}  // namespace chancery::server
