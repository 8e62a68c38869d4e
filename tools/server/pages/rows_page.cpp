#include <fmt/format.h>

#include "tools/format/text.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// Rows of a view: at one moment, of one key over time, and all that is and was believed of it.
namespace chancery::server {
namespace {

/// When a row's dates leave no doubt, where that is not plain.
std::string certainty(const PageReader& reader, std::string_view row) {
  if (member(row, "certain") == "false" || member(row, "certain_from") == "null") return " (not certain)";
  const auto from = parse_instant({}, plain_text(member(row, "valid_from"))), certain = parse_instant({}, plain_text(member(row, "certain_from")));
  constexpr std::chrono::hours day{25};
  if (!from || !certain || *certain - *from < day) return {};
  return " (not certain until " + escaped(time_in_words(*certain, reader.zone())) + ')';
}

/// The end of a row, which is the first instant that it does not hold at: a midnight is told as the end of the day before.
std::string until(const PageReader& reader, std::string_view row) {
  const std::string to = plain_text(member(row, "valid_to"));
  if (to.empty()) return "open";
  const auto instant = parse_instant({}, to);
  const std::string last = instant ? time_in_words(*instant - std::chrono::microseconds(1), reader.zone()) : "";
  return last.starts_with("the end of ") ? escaped(last) : reader.instant(to);
}

/// Whether a row holds at the instant that was asked about.
bool is_asked(const PageReader& reader, std::string_view row) {
  const auto& at = reader.question().at;
  const auto from = parse_instant({}, plain_text(member(row, "valid_from"))), to = parse_instant({}, plain_text(member(row, "valid_to")));
  return at && from && *from <= *at && (!to || *at < *to);
}

/// The end of a commit at which a row was first, or no longer, believed.
std::string commit(const PageReader& reader, std::string_view position) {
  if (position == "null") return "still";
  const Position end = std::stoull(std::string(position));
  const auto recorded = commit_recorded(reader, end);
  return fmt::format("position {}{}", end, recorded ? ", " + escaped(time_in_words(*recorded, reader.zone())) : "");
}

/// The moment that was asked about: that it has come is said only where it is now, for an address that is for ever says for ever the same.
std::string moment(const PageReader& reader) {
  if (!reader.at()) return "so now";
  const std::string words = time_in_words(*reader.question().at, reader.zone());
  return fmt::format("so {}{} in {}", words.starts_with("just before") ? "" : "at ", words, reader.zone());
}

/// Where all events are that a row rests on: the view at a time when it holds, and as known when it was believed.
std::string all_events(const PageReader& reader, std::string_view view, std::string_view row, const std::string& key, bool keyed) {
  Parameters asked{{"prefix", key}, {"explain", "true"}};
  if (!keyed) asked.emplace_back("at", plain_text(member(row, "valid_from")));
  if (const std::string_view known = member(row, "known_from"); !known.empty()) asked.emplace_back("known", fmt::format("pos:{}", known));
  return reader.view_address(view, "", std::move(asked));
}

std::string table(const PageReader& reader, std::string_view view, const std::vector<std::string_view>& rows, const std::string& key_of_all, bool believed) {
  const bool keyed = key_of_all.empty();
  std::vector<std::string> titles{"from (" + reader.zone() + ")", "until", "what is so", "because of"};
  if (keyed) titles.insert(titles.begin(), "key");
  if (believed) titles.insert(titles.begin() + 2, {"believed from", "believed until"});
  Table table(titles, keyed);
  std::vector<Line> before;
  for (const std::string_view row : rows) {
    const std::string from = reader.instant(plain_text(member(row, "valid_from")));
    const std::string mark = !keyed && is_asked(reader, row) ? "<mark>" + escaped(moment(reader)) + "</mark><br>" : "";
    const std::vector<Line> lines = state_lines(reader, view, member(row, "state"));
    const std::string key = keyed ? plain_text(member(row, "key")) : key_of_all;
    std::vector<std::string> cells;
    if (keyed) cells.push_back(key_html(reader, view, key));
    cells.insert(cells.end(), {from + certainty(reader, row), until(reader, row)});
    if (believed) cells.insert(cells.end(), {commit(reader, member(row, "known_from")), commit(reader, member(row, "known_to"))});
    cells.insert(cells.end(), {mark + html_of(lines, keyed ? std::vector<Line>{} : before), because_html(reader, row, all_events(reader, view, row, key, keyed))});
    table.row(cells);
    before = lines;
  }
  return table.html();
}

/// Why there are no rows of a key.
std::string none_of_key(const PageReader& reader, std::string_view view, const std::string& key, bool history) {
  const Sight& sight = reader.reading().sight;
  const ViewReader rows = value_or_throw(ViewReader::open(*reader.reading().ledger, view, sight.upto));
  const bool once = !history && !value_or_throw(rows.history(key, {sight.upto, sight.level}, {0, 1})).empty();
  return once ? "<p>No rows: what was said of this key no longer stands; its history tells it.</p>\n" : "<p>No rows: no event that is seen here says anything of this key.</p>\n";
}

/// The ways on from the rows of one key, or from those of many.
std::string ways_on(const PageReader& reader, std::string_view view, const std::string& key) {
  const std::string last = reader.exchange().request.target.segments.back();
  std::vector<std::string> links;
  if (!key.empty()) {
    const std::string other = last == "history" ? "timeline" : "history";
    links = {link(reader.view_address(view, "", {{"prefix", key}}), "keys that begin so"), link(reader.view_address(view, other, {{"key", key}}), other)};
  }
  links.push_back(what_changed(reader, view, key.empty() ? reader.exchange().request.parameter("prefix").value_or("") : key));
  if (key.empty() && (reader.at() || reader.fixed())) links.push_back(link(reader.asked_without({"at", "known"}), "the same now"));
  if (!key.empty() && reader.fixed()) links.push_back(link(reader.asked_without({"known"}), "as known now"));
  return ways("Ways on", links);
}

}  // namespace

PageBody rows_body(const PageReader& reader, std::string_view json) {
  const std::string view = plain_text(member(json, "view")), key = plain_text(member(json, "key"));
  const bool history = reader.exchange().request.target.segments.back() == "history", keyed = key.empty();
  const std::vector<std::string_view> rows = elements(member(json, "rows"));
  const std::string title = (keyed ? view : view + ": " + (history ? "history" : "timeline") + " of " + key) + filters_in_words(reader.exchange());
  PageBody body{title, title, {}, ways_on(reader, view, key)};
  if (reader.question().at) body.details.push_back((keyed ? "" : "marked: ") + moment(reader));
  const std::string now = keyed && !reader.at() ? "Now is " + escaped(time_in_words(*reader.question().at, reader.zone())) + ". " : "";
  body.html += standing_line(reader, now);
  if (const std::string_view count = member(json, "count"); !count.empty()) {
    body.html += fmt::format("<p>{} row{}</p>\n", with_thousands(count), count == "1" ? "" : "s");
  } else if (!rows.empty()) {
    body.html += table(reader, view, rows, key, history);
  } else {
    body.html += keyed ? "<p>No rows.</p>\n" : none_of_key(reader, view, key, history);
  }
  return body;
}

}  // namespace chancery::server
