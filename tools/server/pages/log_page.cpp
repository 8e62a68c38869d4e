#include <fmt/format.h>

#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/parts.hpp"

/// A list of events: the log, or one stream of it.
namespace chancery::server {
namespace {

/// The order, as the parameter that turns its pages tells it.
std::string order_in_words(const PageReader& reader) {
  const std::string& cursor = reader.question().cursor;
  return cursor == "before" ? "newest first" : cursor == "after" ? "oldest first" : "as it happened";
}

}  // namespace

PageBody log_body(const PageReader& reader, std::string_view json) {
  const auto& path = reader.exchange().path;
  const std::string heading = path.contains("stream") ? "Stream " + path.find("stream")->second : "Log";
  const std::string title = heading + filters_in_words(reader.exchange());
  PageBody body{title, title, {order_in_words(reader)}, ""};
  if (reader.fixed()) body.html += ways("Ways on", {link(reader.asked_without({"known"}), "as known now")});
  body.html += standing_line(reader, reader.question().cursor == "beyond" ? "What is only about the record did not happen, and is left out. " : "");
  Table table({"position", "recorded (" + reader.zone() + ")", "happened", "type", "what", "what became of it"}, false);
  for (const std::string_view event : elements(member(json, "events"))) {
    const Recorded seen = cli::event_at(reader.reading(), std::stoull(plain_text(member(event, "position"))));
    const std::string& id = seen.event.id.text;
    const std::string sentence = title_of(seen), url = reader.address(event_path(id));
    table.row({std::to_string(seen.position), escaped(time_in_words(seen.recorded_at, reader.zone())), escaped(cli::when_in_words(seen.event)),
               "<span class=\"whole\">" + escaped(seen.event.type()) + "</span>",
               link_around(url, recorded_text(sentence)) + (sentence == id ? "" : "<br>" + recorded_text(id)),
               cli::note_in_words(reader.standing(), reader.reading(), seen.position, reader.wording())});
  }
  body.html += table.empty() ? "<p>No event matches.</p>\n" : table.html();
  return body;
}

}  // namespace chancery::server
