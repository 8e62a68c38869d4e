#include <fmt/format.h>

#include "tools/format/text.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/parts.hpp"
#include "tools/server/pages/turning.hpp"

/// What all pages of answers have: the question above, the ways on and the address for ever below.
namespace chancery::server {
namespace {

PageBody body_of(const PageReader& reader, const std::string& json) {
  switch (reader.question().kind) {
    case PageKind::rows:
    case PageKind::rows_of_key: return rows_body(reader, json);
    case PageKind::diff: return diff_body(reader, json);
    case PageKind::events: return log_body(reader, json);
    case PageKind::event: return event_body(reader, json);
    case PageKind::trace: return trace_body(reader, json);
  }
  return {};
}

/// What of the answer the page shows, for its title and under its heading.
std::string details(const PageReader& reader, const PageBody& body) {
  std::string out;
  const auto add = [&](const std::string& one) { out += (out.empty() ? "" : ", ") + one; };
  for (const std::string& one : body.details) add(one);
  // Both points of a difference say it themselves.
  if (reader.question().kind != PageKind::diff) add(reader.as_known());
  add(fmt::format("level {}", word(reader.reading().sight.level)));
  const auto cursor = reader.question().cursor.empty() ? std::nullopt : reader.exchange().request.parameter(reader.question().cursor);
  if (cursor && !cursor->empty()) add(label_of(reader.exchange(), reader.question().cursor) + ' ' + *cursor);
  return out;
}

/// The same in the formats that programs and spreadsheets read.
std::string for_programs(const PageLinks& links, bool is_later_page) {
  if (links.formats.empty()) return {};
  std::vector<std::string> formats;
  for (const PageFormat& format : links.formats) {
    const std::string name = format.name == "csv" ? "CSV" : format.name == "md" ? "Markdown" : format.name == "ndjson" ? "JSON lines" : "JSON";
    // A page that is one of several does not know how many there are in all.
    const bool is_all = format.most == 0 || (!links.next && !is_later_page);
    const std::string part = is_all ? "" : fmt::format(" (the first {} at most)", with_thousands(std::to_string(format.most)));
    formats.push_back("<span>" + link(format.address, name) + part + "</span>");
  }
  return ways("Formats", formats);
}

std::string foot(const PageReader& reader, const PageLinks& links, std::string_view json) {
  const Earlier earlier = earlier_pages(reader, links, json);
  std::vector<std::string> pages;
  if (earlier.first) pages.push_back(link(*earlier.first, "first page"));
  if (earlier.previous) pages.push_back(link(*earlier.previous, "previous page"));
  if (links.next) pages.push_back(link(links.turned(links.next), "next page"));
  if (links.next && links.count) pages.push_back(link(*links.count, "how many in all"));
  std::string out = links.next ? "<p>More follows.</p>\n" : "";
  out += ways("Pages", pages);
  const std::string& cursor = reader.question().cursor;
  out += for_programs(links, !cursor.empty() && !reader.exchange().request.parameter(cursor).value_or("").empty());
  if (links.permalink) out += "<p class=\"note\">" + link(*links.permalink, "This answer, for ever") + ": <span class=\"url\">" + escaped(links.base + *links.permalink) + "</span></p>\n";
  return out;
}

}  // namespace

std::string answer_page(const Exchange& exchange, const cli::Reading& reading, const PageQuestion& question, const PageLinks& links, const std::string& json) {
  const PageReader reader(exchange, reading, question);
  const PageBody body = body_of(reader, json);
  return whole_page({body.title, body.heading, details(reader, body), navigation(exchange)}, question_form(exchange, false) + body.html + foot(reader, links, json));
}

std::vector<std::pair<std::string, std::string>> page_headers() {
  return {{"Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
          {"Referrer-Policy", "no-referrer"}};
}

}  // namespace chancery::server
