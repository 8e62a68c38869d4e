#include <fmt/format.h>

#include <algorithm>

#include "tools/server/html.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// What changed in a view between two points of the two times.
namespace chancery::server {
namespace {

constexpr std::size_t shown_max = 200;

/// The lines of one side that the other has not; all where there is no other.
std::string difference(const std::vector<Line>& lines, const std::vector<Line>& other) {
  std::vector<Line> changed;
  for (const Line& line : lines) {
    if (std::find(other.begin(), other.end(), line) == other.end()) changed.push_back(line);
  }
  return changed.empty() ? "no longer anything of this" : html_of(changed);
}

std::string half(const PageReader& reader, std::string_view view, const std::vector<std::string_view>& entries) {
  if (entries.empty()) return "<p>Nothing.</p>\n";
  Table table({"key", "before", "after", "because of"});
  for (std::size_t i = 0; i < std::min(entries.size(), shown_max); ++i) {
    const std::string_view one = entries[i], before = member(one, "before"), after = member(one, "after");
    const auto lines = [&](std::string_view state) { return state == "null" ? std::vector<Line>{} : state_lines(reader, view, state, ""); };
    const std::vector<Line> was = lines(before), is = lines(after);
    table.row({key_html(reader, view, plain_text(member(one, "key"))), before == "null" ? "no row" : difference(was, is), after == "null" ? "no row" : difference(is, was),
               because_html(reader, one)});
  }
  std::string out = table.html();
  if (entries.size() > shown_max) out += fmt::format("<p>The first {} of {}. Ask for keys that begin with something to see others.</p>\n", shown_max, entries.size());
  return out;
}

/// One of the two points: the moment of the world, and what was known.
std::string point(const PageReader& reader, std::string_view side) {
  return fmt::format("{} as known at position {}", reader.instant(plain_text(member(side, "at"))), plain_text(member(side, "position")));
}

}  // namespace

PageBody diff_body(const PageReader& reader, std::string_view json) {
  const std::string view = plain_text(member(json, "view"));
  const std::string between = "Between " + point(reader, member(json, "from")) + ", and " + point(reader, member(json, "to")) + ". ";
  PageBody body{view + ": what changed", view + ": what changed", ""};
  body.html = "<p class=\"ways\">" + link(reader.address("/v1/views/" + percent_encoded(view)), "now") + "</p>\n" + standing_line(reader, between);
  body.html += "<h2>What we learned</h2>\n" + half(reader, view, elements(member(json, "knowledge")));
  body.html += "<h2>What happened</h2>\n" + half(reader, view, elements(member(json, "world")));
  return body;
}

}  // namespace chancery::server
