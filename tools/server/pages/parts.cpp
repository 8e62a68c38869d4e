#include "tools/server/pages/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/zone.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"

namespace chancery::server {
namespace {

/// When the last event from `first` to `last` that the reader sees was recorded: of one that is hidden nothing is told. A reader from whom
/// a long stretch is hidden is told nothing either.
std::optional<Instant> last_recorded(const cli::Reading& reading, Position first, Position last) {
  constexpr Position looked_at_max = 1000;
  first = std::max(first, last > looked_at_max ? last - looked_at_max + 1 : 1);
  for (Position position = last; position >= first; --position) {
    const RecordHead head = value_or_throw(reading.ledger->head_at(position));
    if (head.level <= reading.sight.level) return head.recorded_at;
  }
  return std::nullopt;
}

std::optional<Instant> last_recorded(const cli::Reading& reading) { return last_recorded(reading, 1, reading.sight.upto); }

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

std::vector<Line> state_lines(const PageReader& reader, std::string_view view, std::string_view state) {
  std::vector<Line> lines;
  for (const Cell& cell : readable_cells(state, reader.speech(true))) {
    if (cell.text.empty()) continue;
    Line line{recorded_text(name_in_words(cell.column)), cell.text};
    if (cell.column.ends_with(".event") && cell.number) line.html = reader.event_link(std::stoull(cell.text));
    if (cell.column == "goldstein_tenths") line = {"goldstein", from_tenths(cell.text)};
    // Of a measure `since` is when it began, whatever has become of it.
    if (view == "sanctions" && cell.column == "since") line.name = "measure began";
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
  for (const Line& line : before) {
    const bool gone = std::none_of(lines.begin(), lines.end(), [&](const Line& other) { return other.name == line.name; });
    if (gone) out += fmt::format("{}<mark>no longer: {}</mark>", out.empty() ? "" : "<br>", line.name);
  }
  return out;
}

std::string standing_line(const PageReader& reader, const std::string& more) {
  const cli::Reading& reading = reader.reading();
  const auto recorded = last_recorded(reading);
  std::string out = fmt::format("<p class=\"note\">Seen at level <b>{}</b>, as known{} at position {}", word(reading.sight.level), reader.fixed() ? "" : " now,", reading.sight.upto);
  if (recorded) out += fmt::format(" (the last event seen by then was recorded {} in {})", escaped(time_in_words(*recorded, reader.zone())), escaped(reader.zone()));
  out += fmt::format(". {}Times are those of {}. {}", more, escaped(reader.zone()), asked_in_words(reader.exchange()));
  return out + "</p>\n";
}

std::string what_changed(const PageReader& reader, std::string_view view, const std::string& prefix) {
  constexpr std::chrono::days back{7};
  const auto last = last_recorded(reader.reading());
  const std::string from = last ? format_local(*last - back, reader.zone(), false) : "pos:0";
  const std::string upto = reader.fixed() ? fmt::format("pos:{}", reader.reading().sight.upto) : "now";
  Parameters asked{{"known", from + ".." + upto}};
  if (!prefix.empty()) asked.emplace_back("prefix", prefix);
  return link(reader.view_address(view, "diff", std::move(asked)), "what changed");
}

std::optional<Instant> commit_recorded(const PageReader& reader, Position end) {
  return last_recorded(reader.reading(), value_or_throw(reader.reading().ledger->head_at(end)).commit_first, end);
}

std::string because_html(const PageReader& reader, std::string_view row, const std::string& rest, std::string_view none) {
  std::vector<Position> positions;
  for (const std::string_view position : elements(member(row, "because"))) positions.push_back(std::stoull(std::string(position)));
  if (positions.empty()) return std::string(none);
  std::string out;
  if (member(row, "events").empty() && !rest.empty()) {
    out = reader.events(positions, rest);
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
  return named_key(reader, key) + "<br><span class=\"ways\">" + link(reader.view_address(view, "timeline", {{"key", key}}), "timeline") + ' ' +
         link(reader.view_address(view, "history", {{"key", key}}), "history") + "</span>";
}

std::string navigation(const Exchange& exchange) {
  std::string out = link(address(exchange, "/"), "Chancery") + link(address(exchange, "/v1/events", {{"order", "newest"}}), "log");
  if (reads_by_cookie(exchange)) out += "<form method=\"post\" action=\"/logout\"><button>log out</button></form>";
  return out;
}

}  // namespace chancery::server
