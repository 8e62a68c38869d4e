#include <fmt/format.h>

#include <algorithm>

#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// What changed in a view between two points of the two times.
namespace chancery::server {
namespace {

/// The lines of one side that the other has not; all where there is no other.
std::string difference(const std::vector<Line>& lines, const std::vector<Line>& other) {
  std::vector<Line> changed;
  for (const Line& line : lines) {
    if (std::find(other.begin(), other.end(), line) == other.end()) changed.push_back(line);
  }
  return changed.empty() ? "none of this" : html_of(changed);
}

/// Where what differs is told of one key with all events that are why; empty: here.
std::string all_events(const PageReader& reader, std::string_view json, const std::string& key) {
  if (reader.exchange().request.parameter("prefix") == key) return {};
  const auto both = [&](std::string_view name) { return std::pair(plain_text(member(member(json, "from"), name)), plain_text(member(member(json, "to"), name))); };
  const auto [a, b] = both("at");
  const auto [known_a, known_b] = both("position");
  return reader.asked_without({"at", "known", "prefix", "after", "limit"}, {{"at", a + ".." + b}, {"known", fmt::format("pos:{}..pos:{}", known_a, known_b)}, {"prefix", key}});
}

/// What differs, or a word that nothing does. `none` is said where no event is why.
std::string list(const PageReader& reader, std::string_view json, std::string_view kind, std::string_view none) {
  const std::string view = plain_text(member(json, "view"));
  const std::vector<std::string_view> entries = elements(member(json, kind));
  if (entries.empty()) return "<p>Nothing.</p>\n";
  Table table({"key", "before", "after", "because of"}, true);
  for (const std::string_view one : entries) {
    const std::string_view before = member(one, "before"), after = member(one, "after");
    const auto lines = [&](std::string_view state) { return state == "null" ? std::vector<Line>{} : state_lines(reader, view, state); };
    const std::vector<Line> was = lines(before), is = lines(after);
    const std::string key = plain_text(member(one, "key"));
    table.row({key_html(reader, view, key), before == "null" ? "no row" : difference(was, is), after == "null" ? "no row" : difference(is, was),
               because_html(reader, one, all_events(reader, json, key), none)});
  }
  return table.html();
}

/// One of the two points: the moment of the world, and what was known.
std::string point(const PageReader& reader, std::string_view side) {
  const auto at = parse_instant({}, plain_text(member(side, "at")));
  return fmt::format("{}, as known at position {}", at ? time_in_words(*at, reader.zone()) : "", plain_text(member(side, "position")));
}

}  // namespace

PageBody diff_body(const PageReader& reader, std::string_view json) {
  const std::string view = plain_text(member(json, "view"));
  const std::string title = view + ": what changed" + filters_in_words(reader.exchange());
  PageBody body{title, title, {"between " + point(reader, member(json, "from")) + ", and " + point(reader, member(json, "to")), "in " + reader.zone()}, ""};
  const std::string prefix = reader.exchange().request.parameter("prefix").value_or("");
  body.html = ways("Ways on", {link(reader.view_address(view, "", prefix.empty() ? Parameters{} : Parameters{{"prefix", prefix}}), "what is so after it")}) + standing_line(reader);
  body.html += "<h2>What we learned</h2>\n" + list(reader, json, "knowledge", "no event that is seen here");
  body.html += "<h2>What happened</h2>\n" + list(reader, json, "world", ran_out);
  return body;
}

}  // namespace chancery::server
