#include "tools/server/pages/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/zone.hpp"
#include "tools/server/access.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"

namespace chancery::server {
namespace {

/// When the last event up to a position that the reader sees was recorded: of one that is hidden nothing is told. A reader from whom a long
/// stretch is hidden is told nothing either.
std::optional<Instant> last_recorded(const cli::Reading& reading) {
  constexpr Position looked_at_max = 1000;
  const Position end = reading.sight.upto > looked_at_max ? reading.sight.upto - looked_at_max : 0;
  for (Position position = reading.sight.upto; position > end; --position) {
    const RecordHead head = value_or_throw(reading.ledger->head_at(position));
    if (head.level <= reading.sight.level) return head.recorded_at;
  }
  return std::nullopt;
}

/// -20 tenths as "-2.0".
std::string from_tenths(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  const bool negative = text.starts_with('-');
  if (negative) text.erase(0, 1);
  if (text.size() < 2) text.insert(0, "0");
  text.insert(text.size() - 1, ".");
  return (negative ? "-" : "") + text;
}

}  // namespace

std::vector<Line> state_lines(const PageReader& reader, std::string_view view, std::string_view state, const std::string& valid_from) {
  std::vector<Line> lines;
  for (const Cell& cell : readable_cells(state, reader.speech(true))) {
    if (cell.text.empty()) continue;
    Line line{recorded_text(name_in_words(cell.column)), cell.text};
    if (cell.column.ends_with(".event") && cell.number) line.html = reader.event_link(std::stoull(cell.text));
    if (cell.column == "goldstein_tenths") line = {"goldstein", from_tenths(cell.text)};
    // Of a measure `since` is when it began, whatever has become of it.
    if (view == "sanctions" && cell.column == "since") line.name = "measure began";
    if (view == "sanctions" && cell.column == "status") line.html += " (as it stands since " + valid_from + ')';
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string html_of(const std::vector<Line>& lines, const std::vector<Line>& before) {
  std::string out;
  for (const Line& line : lines) {
    const bool changed = !before.empty() && std::find(before.begin(), before.end(), line) == before.end();
    out += fmt::format("{}{}{}: {}{}", out.empty() ? "" : "<br>", changed ? "<mark>" : "", line.name, line.html, changed ? "</mark>" : "");
  }
  return out;
}

std::string standing_line(const PageReader& reader, const std::string& when) {
  const cli::Reading& reading = reader.reading();
  const auto recorded = last_recorded(reading);
  std::string out = fmt::format("<p class=\"note\">Seen at level <b>{}</b>, as known{} at position {}", word(reading.sight.level), reader.fixed() ? "" : " now,", reading.sight.upto);
  if (recorded) out += fmt::format(" (the last event seen by then was recorded {} in {})", escaped(time_in_words(*recorded, reader.zone())), escaped(reader.zone()));
  out += fmt::format(". {}Times are those of {}. {}", when, escaped(reader.zone()), asked_in_words(reader.exchange()));
  return out + "</p>\n";
}

std::string what_changed(const PageReader& reader, std::string_view view) {
  constexpr std::chrono::days back{7};
  const Instant last = last_recorded(reader.reading()).value_or(cli::now());
  const std::string upto = reader.fixed() ? fmt::format("pos:{}", reader.reading().sight.upto) : "now";
  return reader.address(fmt::format("/v1/views/{}/diff", percent_encoded(view)),
                        {{"at", "now"}, {"known", format_local(last - back, reader.zone(), false) + ".." + upto}});
}

std::string because_html(const PageReader& reader, std::string_view row) {
  std::vector<Position> positions;
  for (const std::string_view position : elements(member(row, "because"))) positions.push_back(std::stoull(std::string(position)));
  if (positions.empty()) return "no event: it ran out by itself";
  std::string out;
  if (member(row, "events").empty()) {
    out = reader.events(positions);
  } else {
    for (const Position position : positions) out += (out.empty() ? "" : "<br>") + reader.event_link_with_title(position);
  }
  return out + (member(row, "disputed") == "true" ? " (disputed)" : "");
}

namespace {

/// A key with the name of the party that it is or ends with.
std::string named_key(const PageReader& reader, const std::string& key) {
  if (parse_party({}, key)) return reader.party(key);
  const std::string last = key.substr(key.rfind('/') + 1);
  const std::string name = parse_party({}, last) ? reader.name_of(last) : "";
  return name.empty() ? recorded_text(key) : recorded_text(name) + " (" + recorded_text(key) + ')';
}

}  // namespace

std::string key_html(const PageReader& reader, std::string_view view, const std::string& key) {
  const std::string path = "/v1/views/" + percent_encoded(view);
  return named_key(reader, key) + "<br><span class=\"ways\">" + link(reader.address(path + "/timeline", {{"key", key}}), "timeline") + ' ' +
         link(reader.address(path + "/history", {{"key", key}}), "history") + "</span>";
}

std::string navigation(const Exchange& exchange) {
  std::string out = link(address(exchange, "/"), "Chancery") + link(address(exchange, "/v1/events", {{"order", "newest"}}), "log");
  const bool by_cookie = exchange.caller.known && exchange.request.header("cookie").find(cookie_name) != std::string::npos;
  if (by_cookie) out += "<form method=\"post\" action=\"/logout\"><button>log out</button></form>";
  return out;
}

}  // namespace chancery::server
