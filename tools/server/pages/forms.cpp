#include "tools/server/pages/forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/chancery/shape.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/reader.hpp"

namespace chancery::server {
namespace {

struct Field {
  std::string_view name, label, hint;
};

constexpr Field two_times_at{"at", "so at", "between two: 2025-09-10..2025-09-12"};
constexpr Field marked_at{"at", "so at", "what was so then is marked"};
constexpr Field two_times_known{"known", "known at", "between two: 2025-09-10..now, pos:30..pos:40"};
constexpr Field fields[] = {
    {"at", "so at", "2025, 2025-09-11 or 2025-09-11T10:00Z; now unless told"},
    {"known", "known at", "a date or time, or pos:30; now unless told"},
    {"zone", "zone", "of dates and times; UTC unless told"},
    {"prefix", "keys that begin with", "such as state:BLR"},
    {"where", "where", "FIELD=VALUE, LIST~VALUE (has it) or TEXT~VALUE (contains it); all of them hold"},
    {"key", "key", "such as state:BLR or usa/belavia"},
    {"limit", "at most", "so many on a page"},
    {"type", "type", "what kind of event"},
    {"party", "party", "such as state:BLR, person:john-coale"},
    {"tag", "tag", "such as article"},
    {"measure", "measure", "such as usa/belavia"},
    {"stream", "stream", "such as state:BLR"},
    {"grep", "text", "anywhere in it, whatever the case"},
    {"since", "since", "recorded then or, as it happened, begun"},
    {"until", "until", "to the end of a date; as with since"},
    {"causes", "what led to", "the id of an event"},
    {"order", "order", "by when it was recorded, or happened"},
    {"depth", "depth", "so many links away; all unless told"},
    {"after", "after", ""},
    {"before", "before position", ""},
    {"beyond", "beyond position", ""},
    {"count", "only how many", ""},
    {"explain", "with the events it rests on", ""},
    {"min_position", "at position or later", ""},
    {"visibility", "level", "told as those are told who see no more"},
};

/// What of a view is asked for: timeline, history, diff; nothing where that is its rows, or the path is that of no view.
std::string_view part_of_view(const Exchange& exchange) {
  const std::vector<std::string>& path = exchange.request.target.segments;
  return path.size() == 4 && path[0] == "v1" && path[1] == "views" ? std::string_view(path[3]) : std::string_view();
}

bool asks_of_two(const Exchange& exchange) { return part_of_view(exchange) == "diff"; }

Field field_of(const Exchange& exchange, std::string_view name) {
  if (asks_of_two(exchange) && name == "at") return two_times_at;
  if (!part_of_view(exchange).empty() && name == "at") return marked_at;
  if (asks_of_two(exchange) && name == "known") return two_times_known;
  const auto* found = std::find_if(std::begin(fields), std::end(fields), [&](const Field& field) { return field.name == name; });
  return found == std::end(fields) ? Field{name, name, ""} : *found;
}

/// Values and what they are called, to choose from. A value that is none of them stays as it was sent.
std::string selection(std::string_view name, std::string_view chosen, std::vector<std::pair<std::string, std::string>> choices) {
  const bool known = std::any_of(choices.begin(), choices.end(), [&](const auto& one) { return one.first == chosen; });
  if (!known) choices.emplace_back(chosen, chosen);
  std::string out = fmt::format("<select name=\"{}\">", name);
  for (const auto& [value, label] : choices) out += fmt::format("<option value=\"{}\"{}>{}</option>", escaped(value), value == chosen ? " selected" : "", escaped(label));
  return out + "</select>";
}

/// Every type, and each beginning that several share.
std::vector<std::pair<std::string, std::string>> types() {
  std::vector<std::pair<std::string, std::string>> choices{{"", "any"}};
  for (const std::string_view type : cli::type_names()) {
    const std::string family = std::string(type.substr(0, type.find('.'))) + ".*";
    const bool known = std::any_of(choices.begin(), choices.end(), [&](const auto& one) { return one.first == family; });
    if (!known) choices.emplace_back(family, "all " + family);
    choices.emplace_back(type, type);
  }
  return choices;
}

/// The levels that one who sees as much may choose.
std::vector<std::pair<std::string, std::string>> levels(Visibility own) {
  std::vector<std::pair<std::string, std::string>> choices{{"", fmt::format("all you may see: {}", word(own))}};
  for (const Visibility level : all_levels) {
    if (level <= own) choices.emplace_back(word(level), word(level));
  }
  return choices;
}

/// The beginnings of conditions on a view's states, whole ones where all words of a field are known.
std::vector<std::string> conditions(std::string_view view) {
  std::vector<std::string> all;
  const auto found = find_view(view);
  for (const StatePath& field : found ? (*found)->paths() : std::vector<StatePath>()) {
    for (const std::string_view word : field.words) all.push_back(fmt::format("{}={}", field.path, word));
    if (field.kind == StateKind::list) all.push_back(field.path + '~');
    if (field.kind == StateKind::text || field.kind == StateKind::number) all.push_back(field.path + '=');
  }
  return all;
}

/// Which choices a field suggests without holding its reader to them.
std::string_view suggestions_of(std::string_view name) { return name == "zone" ? " list=\"zones\"" : name == "where" ? " list=\"conditions\"" : ""; }

std::string suggestions(std::string_view id, const std::vector<std::string>& all) {
  std::string out = fmt::format("<datalist id=\"{}\">", id);
  for (const std::string& each : all) out += fmt::format("<option value=\"{}\"></option>", escaped(each));
  return out + "</datalist>";
}

std::string control(const Exchange& exchange, std::string_view name, std::string_view value) {
  if (name == "visibility") return selection(name, value, levels(exchange.caller.level()));
  if (name == "type") return selection(name, value, types());
  if (name == "order") return selection(name, value, {{"", "as it suits"}, {"oldest", "as recorded, oldest first"}, {"newest", "as recorded, newest first"}, {"occurred", "as it happened"}});
  return fmt::format("<input name=\"{}\" value=\"{}\"{}>", name, escaped(value), suggestions_of(name));
}

/// Which parameters the form of a path has.
std::vector<std::string_view> fields_of(const Exchange& exchange) {
  const std::vector<std::string>& path = exchange.request.target.segments;
  if (path.size() < 2 || path[0] != "v1") return {};
  const bool list = path.size() == 2 && path[1] == "events", stream = path.size() == 3 && path[1] == "streams";
  if (list) return {"type", "party", "tag", "measure", "stream", "grep", "since", "until", "causes", "order", "known", "zone", "visibility", "limit"};
  if (stream) return {"type", "party", "tag", "measure", "grep", "since", "until", "causes", "order", "known", "zone", "visibility", "limit"};
  if (path[1] == "events" && path.size() == 3) return {"known", "zone", "visibility"};
  if (path[1] == "events" && path.size() == 4) return {"known", "zone", "visibility", "depth"};
  if (path[1] != "views" || path.size() < 3) return {};
  if (path.size() == 3 || asks_of_two(exchange)) return {"at", "known", "zone", "visibility", "prefix", "where", "limit"};
  return {"key", "at", "known", "zone", "visibility"};
}

}  // namespace

std::string label_of(const Exchange& exchange, std::string_view name) { return std::string(field_of(exchange, name).label); }

std::string input(const Exchange& exchange, std::string_view name) {
  if (name == "visibility" && exchange.caller.level() == Visibility::public_) return {};
  const Field field = field_of(exchange, name);
  std::string out;
  const auto add = [&](std::string_view value) { out += fmt::format("<label>{} {}<small>{}</small></label>\n", escaped(field.label), control(exchange, name, value), escaped(field.hint)); };
  for (const auto& [given, value] : exchange.request.target.query) {
    if (given == name) add(value);
  }
  // Each condition has a box of its own: a value may have any separator in it.
  if (out.empty() || name == "where") add("");
  return out;
}

std::string zone_choices() {
  return suggestions("zones", {"UTC", "Europe/Minsk", "Europe/Vilnius", "Europe/Warsaw", "Europe/Kyiv", "Europe/Moscow", "Europe/Brussels", "Europe/London", "America/New_York"});
}

std::string question_form(const Exchange& exchange, bool open) {
  const std::vector<std::string_view> names = fields_of(exchange);
  if (names.empty()) return {};
  std::string form = fmt::format("<details{}><summary>{}</summary>\n<form class=\"question\" method=\"get\" action=\"{}\">\n", open ? " open" : "",
                                 open ? "The question" : "Ask otherwise", escaped(path_of(exchange)));
  for (const std::string_view name : names) form += input(exchange, name);
  if (std::find(names.begin(), names.end(), "where") != names.end()) form += suggestions("conditions", conditions(exchange.request.target.segments[2]));
  return form + zone_choices() + "<button>Ask</button></form></details>\n";
}

std::string filters_in_words(const Exchange& exchange) {
  constexpr std::string_view choosing[] = {"prefix", "where", "type", "party", "tag", "measure", "stream", "grep", "since", "until", "causes"};
  std::string out;
  for (const auto& [name, value] : exchange.request.target.query) {
    const bool chooses = std::find(std::begin(choosing), std::end(choosing), name) != std::end(choosing) && !value.empty();
    if (chooses) out += (out.empty() ? ": " : ", ") + label_of(exchange, name) + ' ' + value;
  }
  return out;
}

std::string asked_in_words(const Exchange& exchange) {
  std::string out;
  for (const auto& [name, value] : exchange.request.target.query) {
    const bool said = name == "at" || name == "known" || name == "zone" || name == "visibility" || name == "min_position";
    if (said) continue;
    out += fmt::format("{}{}{}", out.empty() ? "Asked: " : "; ", escaped(label_of(exchange, name)), value.empty() ? "" : " " + recorded_text(value));
  }
  return out.empty() ? out : out + ". ";
}

}  // namespace chancery::server
