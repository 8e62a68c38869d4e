#include <fmt/format.h>

#include "tools/chancery/chronology.hpp"
#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// One event: what it says, on whose word, whether it stands, and its links both ways.
namespace chancery::server {
namespace {

/// One name and what stands under it, which is HTML; nothing where that says nothing.
std::string item(std::string_view name, const std::string& html) {
  return html.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", recorded_text(name_in_words(name)), html);
}

std::string list(const PageReader& reader, std::string_view name, const std::vector<Position>& positions) {
  if (positions.empty()) return {};
  std::string out = "<ul>";
  for (const Position position : positions) out += "<li>" + reader.event_link_with_title(position) + "</li>";
  return item(name, out + "</ul>");
}

std::string standing(const PageReader& reader, const cli::Shown& shown) {
  std::string out;
  for (const std::string& line : cli::standing_in_words(reader.reading(), shown, reader.wording())) out += (out.empty() ? "" : "<br>") + line;
  return item("stands", out) + (shown.chain.size() > 1 ? list(reader, "its versions", shown.chain) : "");
}

/// The events that it names.
std::string links_named(const PageReader& reader, const Event& event) {
  const auto named = [&](std::string_view name, const Id& id) {
    const auto position = cli::find_event(reader.reading(), id.text);
    return item(name, position ? reader.event_link_with_title(*position) : recorded_text(id.text));
  };
  std::string out;
  for (const Id& id : event.disputes) out += named("disputes", id);
  if (event.corrects) out += named("corrects", *event.corrects);
  if (event.retracts) out += named("withdraws", *event.retracts);
  if (event.supports) out += named("supports", *event.supports);
  return out;
}

/// The two signs of the Admiralty code in words.
std::string grade_in_words(std::string_view grade) {
  constexpr std::string_view sources[] = {"completely reliable", "usually reliable", "fairly reliable", "not usually reliable", "unreliable", "reliability cannot be judged"};
  constexpr std::string_view contents[] = {"confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable", "truth cannot be judged"};
  if (grade.size() != 2 || grade[0] < 'A' || grade[0] > 'F' || grade[1] < '1' || grade[1] > '6') return std::string(grade);
  return fmt::format("{}: {}, {}", grade, sources[grade[0] - 'A'], contents[grade[1] - '1']);
}

/// `from` is HTML: who added it, where that is another event.
std::string source_item(const Source& source, const std::string& from) {
  const std::string words = cli::source_in_words(source), url = source.url.value_or("");
  std::string out = "<li>" + outward_link(url, words);
  if (!url.empty() && words != url) out += "<br><span class=\"url\">" + outward_link(url, url) + "</span>";
  if (source.grade) out += "<br>" + recorded_text(grade_in_words(*source.grade));
  if (source.official.value_or(false)) out += "<br>official";
  if (source.retrieved) out += "<br>read " + recorded_text(date_in_words(*source.retrieved));
  if (source.sha256) out += "<br><span class=\"url\">SHA-256 " + recorded_text(*source.sha256) + "</span>";
  if (!from.empty()) out += "<br>added by " + from;
  if (source.quote) out += "<blockquote>" + recorded_text(*source.quote) + "</blockquote>";
  return out + "</li>\n";
}

std::string sources(const PageReader& reader, const cli::Shown& shown) {
  std::string out;
  for (const Source& source : shown.event.event.sources) out += source_item(source, {});
  for (const Position further : shown.supported_by) {
    for (const Source& source : cli::event_at(reader.reading(), further).event.sources) out += source_item(source, reader.event_link(further));
  }
  return out.empty() ? "" : "<h2>On whose word</h2>\n<ul>\n" + out + "</ul>\n";
}

std::string recorded(const PageReader& reader, const Recorded& seen) {
  const std::string by = seen.recorded_by ? " by " + recorded_text(*seen.recorded_by) : "";
  const std::string stream = link_around(reader.address("/v1/streams/" + percent_encoded(seen.event.stream)), recorded_text(seen.event.stream));
  const std::string at = escaped(time_in_words(seen.recorded_at, reader.zone())) + " in " + escaped(reader.zone());
  return item("recorded", fmt::format("{}{}, at position {}{}", at, by, seen.position, seen.revision == revision_not_seen ? "" : fmt::format(", revision {}", seen.revision))) + item("stream", stream);
}

}  // namespace

PageBody event_body(const PageReader& reader, std::string_view json) {
  const cli::Shown shown = cli::shown_of(reader.reading(), std::stoull(plain_text(member(member(json, "event"), "position"))));
  const Event& event = shown.event.event;
  const std::string sentence = title_of(shown.event);
  // What people wrote of it says more than its id.
  constexpr std::size_t heading_most = 200;
  const bool is_heading = event.summary && title_of(shown.event) == *event.summary && harmless(*event.summary) == *event.summary && event.summary->size() <= heading_most;
  PageBody body{event.id.text, is_heading ? *event.summary : event.id.text, {}, ""};
  if (sentence != event.id.text) body.title += ": " + cut_to(sentence, 80);
  std::vector<std::string> links{link(reader.address(event_path(event.id.text) + "/trace"), "what led to it, and what followed")};
  if (reader.fixed()) links.push_back(link(reader.asked_without({"known"}), "as known now"));
  const std::string when = cli::when_in_words(event);
  body.html = ways("Ways on", links) + standing_line(reader);
  body.html += "<p>" + (is_heading ? recorded_text(event.id.text) + ", " : std::string()) + escaped(event.type()) + (when.empty() ? "" : fmt::format(", <span title=\"{}\">{}</span>", escaped(event.occurred), escaped(when))) + "</p>\n";
  if (event.summary && !is_heading) body.html += "<p class=\"text\">" + recorded_text(*event.summary) + "</p>\n";
  body.html += "<dl>\n" + standing(reader, shown);
  for (const cli::Fact& fact : cli::facts_of(event)) body.html += item(fact.name, "<span class=\"text\">" + readable(fact.json, fact.name, reader.speech(false)) + "</span>");
  body.html += list(reader, "because of", shown.because_of) + list(reader, "answered by", shown.answered_by) + list(reader, "disputed by", shown.disputed_by);
  body.html += links_named(reader, event) + recorded(reader, shown.event) + "</dl>\n" + sources(reader, shown);
  return body;
}

}  // namespace chancery::server
