#pragma once

#include <string>
#include <string_view>

#include "tools/server/pages/reader.hpp"

/// The parts that pages of answers are put together from.
namespace chancery::server {

/// What one page says under its heading. `html` without the form and the foot, which all have.
struct PageBody {
  std::string title, heading;        ///< text
  std::vector<std::string> details;  ///< text, told with both: what of it, but for what was known and the level, which all have
  std::string html;
};

/// From the answer of each route in JSON. `kind` is what the file of that name makes.
PageBody rows_body(const PageReader& reader, std::string_view json);
PageBody diff_body(const PageReader& reader, std::string_view json);
PageBody log_body(const PageReader& reader, std::string_view json);
PageBody event_body(const PageReader& reader, std::string_view json);
PageBody trace_body(const PageReader& reader, std::string_view json);

/// One field of a state in words.
struct Line {
  std::string name, html;  ///< both HTML
  bool operator==(const Line&) const = default;
};
/// What of a state says something.
std::vector<Line> state_lines(const PageReader& reader, std::string_view view, std::string_view state);
/// All lines; what `before` has not is marked, and what is gone since is named, unless it has none.
std::string html_of(const std::vector<Line>& lines, const std::vector<Line>& before = {});

/// At which level and as known when an answer is told, for the head of every page of one. `more` is a sentence more, HTML.
std::string standing_line(const PageReader& reader, const std::string& more = {});
/// The link to what changed in a view, of keys that begin with `prefix`, in the week before the last event that is seen.
std::string what_changed(const PageReader& reader, std::string_view view, const std::string& prefix);
/// When the last event of a commit that is seen was recorded; nothing where none is seen among its last ones.
std::optional<Instant> commit_recorded(const PageReader& reader, Position end);
/// A key of a view, with the name of the party that it is, and where more is told of it.
std::string key_html(const PageReader& reader, std::string_view view, const std::string& key);
/// What is said, in HTML, where no event is why.
inline constexpr std::string_view ran_out = "no event: what was so before ran out by itself";
/// The events that a row or a difference rests on; `none` is said, in HTML, where it rests on none. Of many only some are shown, and the rest
/// is at the address `rest`; empty: all are shown.
std::string because_html(const PageReader& reader, std::string_view row, const std::string& rest, std::string_view none = ran_out);
/// The links to the front page, the log, and out.
std::string navigation(const Exchange& exchange);

}  // namespace chancery::server
