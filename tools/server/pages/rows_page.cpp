#include <fmt/format.h>

#include "tools/format/text.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// Rows of a view: at one moment, of one key over time, and all that is and was believed of it.
namespace chancery::server {
namespace {

std::string view_path(std::string_view view) { return "/v1/views/" + percent_encoded(view); }

/// When a row's dates leave no doubt, where that is not plain.
std::string certainty(const PageReader& reader, std::string_view row) {
  if (member(row, "certain") == "false" || member(row, "certain_from") == "null") return " (not certain)";
  const auto from = parse_instant({}, plain_text(member(row, "valid_from"))), certain = parse_instant({}, plain_text(member(row, "certain_from")));
  constexpr std::chrono::hours day{25};
  if (!from || !certain || *certain - *from < day) return {};
  return " (not certain before " + escaped(time_in_words(*certain, reader.zone())) + ')';
}

std::string until(const PageReader& reader, std::string_view row) {
  const std::string to = plain_text(member(row, "valid_to"));
  return to.empty() ? "open" : reader.instant(to);
}

/// The end of a commit at which a row was first, or no longer, believed.
std::string commit(const PageReader& reader, std::string_view position) {
  if (position == "null") return "still";
  const Position end = std::stoull(std::string(position));
  // A commit may end with an event that is not seen, of which nothing is told.
  const RecordHead head = value_or_throw(reader.reading().ledger->head_at(end));
  const std::string when = head.level <= reader.reading().sight.level ? ", " + escaped(time_in_words(head.recorded_at, reader.zone())) : "";
  return fmt::format("position {}{}", end, when);
}

std::string table(const PageReader& reader, std::string_view view, const std::vector<std::string_view>& rows, bool keyed, bool believed) {
  std::vector<std::string> titles{"from (" + reader.zone() + ")", "to", "what is so", "because of"};
  if (keyed) titles.insert(titles.begin(), "key");
  if (believed) titles.insert(titles.begin() + 2, {"believed from", "believed to"});
  Table table(titles);
  std::vector<Line> before;
  for (const std::string_view row : rows) {
    const std::string from = reader.instant(plain_text(member(row, "valid_from")));
    const std::vector<Line> lines = state_lines(reader, view, member(row, "state"), from);
    std::vector<std::string> cells;
    if (keyed) {
      const std::string key = plain_text(member(row, "key"));
      cells.push_back(key_html(reader, view, key));
    }
    cells.insert(cells.end(), {from + certainty(reader, row), until(reader, row)});
    if (believed) cells.insert(cells.end(), {commit(reader, member(row, "known_from")), commit(reader, member(row, "known_to"))});
    cells.insert(cells.end(), {html_of(lines, keyed ? std::vector<Line>{} : before), because_html(reader, row)});
    table.row(cells);
    before = lines;
  }
  return table.html();
}

/// Why there are no rows of a key.
std::string none_of_key(const PageReader& reader, std::string_view view, const std::string& key, bool history) {
  const Sight& sight = reader.reading().sight;
  const ViewReader rows = value_or_throw(ViewReader::open(*reader.reading().ledger, view, sight.upto));
  const bool once = !history && !value_or_throw(rows.history(key, {sight.upto, sight.level})).empty();
  return once ? "<p>No rows: what was said of this key no longer stands; its history tells it.</p>\n" : "<p>No rows: no event that is seen here says anything of this key.</p>\n";
}

/// What the moment is that was asked about.
std::string moment(const PageReader& reader, std::string_view json) {
  const std::string at = plain_text(member(json, "at"));
  if (at.empty()) return {};
  const std::string asked = reader.exchange().request.parameter("at").value_or("now");
  const std::string when = reader.instant(at) + " in " + escaped(reader.zone()) + ". ";
  return asked == "now" ? "What is so now, " + when : "What was so at " + when;
}

}  // namespace

PageBody rows_body(const PageReader& reader, std::string_view json) {
  const std::string view = plain_text(member(json, "view")), key = plain_text(member(json, "key"));
  const std::string path = view_path(view), last = reader.exchange().request.target.segments.back();
  const bool history = last == "history", keyed = key.empty();
  const std::vector<std::string_view> rows = elements(member(json, "rows"));
  const std::string title = keyed ? view : view + ": " + (history ? "history" : "timeline") + " of " + key;
  PageBody body{title, title, ""};
  std::string ways = link(reader.address(path), "now");
  if (!keyed) {
    ways = link(reader.address(path, {{"prefix", key}}), "this key now") + ' ' + (history ? link(reader.address(path + "/timeline", {{"key", key}}), "timeline") : link(reader.address(path + "/history", {{"key", key}}), "history"));
  }
  ways += ' ' + link(what_changed(reader, view), "what changed");
  body.html = "<p class=\"ways\">" + ways + "</p>\n" + standing_line(reader, moment(reader, json));
  if (const std::string_view count = member(json, "count"); !count.empty()) {
    body.html += fmt::format("<p>{} rows</p>\n", with_thousands(count));
  } else if (!rows.empty()) {
    body.html += table(reader, view, rows, keyed, history);
  } else {
    body.html += keyed ? "<p>No rows.</p>\n" : none_of_key(reader, view, key, history);
  }
  return body;
}

}  // namespace chancery::server
