#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tools/chancery/trace_tree.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/parts.hpp"

/// What led to an event, and what followed from it.
namespace chancery::server {
namespace {

constexpr std::size_t lines_max = 1000, indents_max = 16;

std::string lines(const PageReader& reader, const cli::TraceTree& tree) {
  std::string out;
  std::size_t shown = 0;
  const std::vector<cli::Branch> branches = cli::branches_of(tree);
  for (const cli::Branch& branch : branches) {
    if (branch.depth == 0) continue;
    if (++shown > lines_max) return out + fmt::format("<li>and {} more: ask for fewer links away</li>\n", branches.size() - 1 - lines_max);
    const cli::TraceTree::Node& node = tree.nodes.at(branch.chain);
    const Recorded seen = cli::event_at(reader.reading(), node.teller);
    const std::string when = cli::when_in_words(seen.event);
    out += fmt::format("<li aria-level=\"{}\" style=\"margin-left:{}rem\">{}{} <span class=\"note\">{}{}{}</span>", branch.depth, std::min(branch.depth - 1, indents_max), reader.event_link_with_title(node.teller),
                       node.live ? "" : " (withdrawn)", escaped(seen.event.type()), when.empty() ? "" : ", ", escaped(when));
    std::vector<Position> elsewhere;
    for (const Position chain : node.elsewhere) elsewhere.push_back(tree.nodes.at(chain).teller);
    if (!elsewhere.empty()) out += ", also with " + reader.events(elsewhere, reader.address(event_path(seen.event.id.text)));
    out += "</li>\n";
  }
  return out;
}

std::size_t depth_of(const PageReader& reader) {
  const std::string text = reader.exchange().request.parameter("depth").value_or("");
  std::size_t depth = 1'000'000;
  std::from_chars(text.data(), text.data() + text.size(), depth);
  return depth;
}

}  // namespace

PageBody trace_body(const PageReader& reader, std::string_view) {
  const Position position = value_or_throw(cli::find_event(reader.reading(), reader.exchange().at("id")));
  const std::string title = cli::id_of(reader.reading(), position) + ": what led to it, and what followed";
  PageBody body{title, title, {}, ""};
  if (reader.fixed()) body.html += ways("Ways on", {link(reader.asked_without({"known"}), "as known now")});
  body.html += standing_line(reader);
  body.html += "<p>" + reader.event_link_with_title(position) + "</p>\n";
  for (const auto& [direction, heading] : {std::pair(cli::Direction::causes, "What led to it"), std::pair(cli::Direction::answers, "What followed")}) {
    const std::string found = lines(reader, cli::trace(reader.reading(), position, direction, depth_of(reader)));
    body.html += fmt::format("<h2>{}</h2>\n", heading) + (found.empty() ? "<p>Nothing that is recorded here.</p>\n" : "<ul class=\"tree\" role=\"list\">\n" + found + "</ul>\n");
  }
  return body;
}

}  // namespace chancery::server
