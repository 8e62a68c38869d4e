#include <fmt/format.h>

#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// A list of events: the log, or one stream of it.
namespace chancery::server {
namespace {

/// The order in words, for paper.
std::string order_in_words(const PageReader& reader) {
  const Request& request = reader.exchange().request;
  if (const auto order = request.parameter("order")) return *order == "newest" ? "Newest first. " : *order == "occurred" ? "As it happened, without what is only about the record. " : "Oldest first. ";
  return request.parameter("beyond") ? "As it happened. " : request.parameter("before") ? "Newest first. " : "Oldest first. ";
}

/// What the events of a list have in common, for its title.
std::string filters(const PageReader& reader) {
  std::string out;
  for (const auto& [name, value] : reader.exchange().request.target.query) {
    const bool chooses = name == "type" || name == "party" || name == "tag" || name == "measure" || name == "stream" || name == "grep" || name == "causes";
    if (chooses) out += (out.empty() ? ": " : ", ") + label_of(reader.exchange(), name) + ' ' + value;
  }
  return out;
}

}  // namespace

PageBody log_body(const PageReader& reader, std::string_view json) {
  const auto& path = reader.exchange().path;
  const std::string heading = path.contains("stream") ? "Stream " + path.find("stream")->second : "Log";
  PageBody body{heading + filters(reader), heading, standing_line(reader, order_in_words(reader)) + "<h2>Events</h2>\n"};
  Table table({"position", "recorded (" + reader.zone() + ")", "happened", "type", "what", "note"});
  for (const std::string_view event : elements(member(json, "events"))) {
    const Recorded seen = cli::event_at(reader.reading(), std::stoull(plain_text(member(event, "position"))));
    const std::string& id = seen.event.id.text;
    const std::string title = title_of(seen), url = reader.address("/v1/events/" + percent_encoded(id));
    table.row({std::to_string(seen.position), escaped(time_in_words(seen.recorded_at, reader.zone())), escaped(cli::when_in_words(seen.event)),
               "<span class=\"whole\">" + escaped(seen.event.type()) + "</span>",
               link_around(url, recorded_text(title)) + (title == id ? "" : "<br>" + recorded_text(id)),
               cli::note_in_words(reader.standing(), reader.reading(), seen.position, reader.wording())});
  }
  body.html += table.empty() ? "<p>No event matches.</p>\n" : table.html();
  return body;
}

}  // namespace chancery::server
