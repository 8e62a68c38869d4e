#include "tools/format/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/instant.hpp"
#include "core/json/raw.hpp"
#include "core/zone.hpp"
#include "tools/format/text.hpp"

namespace chancery {
namespace {

using Names = std::initializer_list<std::string_view>;

bool one_of(std::string_view text, Names names) { return std::find(names.begin(), names.end(), text) != names.end(); }

bool is_text(std::string_view json) { return json.starts_with('"'); }
bool is_object(std::string_view json) { return json.starts_with('{'); }
bool is_list(std::string_view json) { return json.starts_with('['); }
bool is_empty_object(std::string_view json) { return is_object(json) && !RawItems(json).next(); }
bool is_hollow(std::string_view json) { return json == "null" || is_empty_object(json); }
bool is_number(std::string_view json) { return !json.empty() && (json.front() == '-' || (json.front() >= '0' && json.front() <= '9')); }

/// A scalar without its quotes; null is empty.
std::string plain(std::string_view json) {
  if (json == "null") return {};
  return is_text(json) ? unescaped(json) : std::string(json);
}

std::string_view last_name(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

/// Whole numbers that say where something is, not how many.
bool names_place(std::string_view field) {
  return one_of(field, {"position", "revision", "event", "because", "known_from", "known_to", "quad", "year"});
}

std::string joined_exactly(std::string_view list) {
  std::string out;
  bool first = true;
  for (RawItems items(list); items.next();) {
    const std::string_view value = items.value();
    const std::string text = plain(value);
    if (is_object(value) || is_list(value) || text.find('|') != std::string::npos) {
      out.clear();
      append_minified(out, list);
      return out;
    }
    if (!first) out += '|';
    out += text;
    first = false;
  }
  return out;
}

/// The column of a member. The fields of a row's `state` stand beside its other fields, which have other names.
std::string column_of(const std::string& path, const std::string& name, std::string_view value) {
  if (!path.empty()) return path + '.' + name;
  return name == "state" && is_object(value) ? std::string() : name;
}

void exact(std::vector<Cell>& out, const std::string& path, std::string_view value) {
  if (is_object(value) && !is_empty_object(value)) {
    for (RawItems items(value); items.next();) {
      exact(out, column_of(path, unescaped(items.key()), items.value()), items.value());
    }
    return;
  }
  if (path.empty()) return;
  Cell cell{path, {}, is_number(value), is_hollow(value), false};
  if (!cell.hollow) cell.text = is_list(value) ? joined_exactly(value) : plain(value);
  out.push_back(std::move(cell));
}

struct Bounds {
  std::string_view low, high;
  bool alone = true;  ///< there is nothing else in the object
};

/// The low and high of an object that has both.
std::optional<Bounds> bounds_of(std::string_view object) {
  std::optional<std::string_view> low, high;
  Bounds bounds;
  for (RawItems items(object); items.next();) {
    if (items.key() == "\"low\"") {
      low = items.value();
    } else if (items.key() == "\"high\"") {
      high = items.value();
    } else {
      bounds.alone = false;
    }
  }
  if (!low || !high) return std::nullopt;
  bounds.low = *low;
  bounds.high = *high;
  return bounds;
}

std::string list_in_words(std::string_view list, std::string_view name, const Speech& speech);

/// What an object inside a list says, in one line.
std::string object_in_words(std::string_view object, const Speech& speech);

Cell scalar_cell(std::string column, std::string_view name, std::string_view value, const Speech& speech) {
  Cell cell{std::move(column), plain(value), is_number(value), value == "null", false};
  if (value == "true") cell.text = "yes";
  if (value == "false") cell.text = "no";
  if (cell.number && !names_place(name)) cell.text = with_thousands(cell.text);
  if (is_text(value)) {
    cell.instant = names_instant(name) && parse_instant({}, cell.text).has_value();
    cell.text = speech.text(name, cell.text);
  }
  return cell;
}

std::string in_words(std::string_view value, std::string_view name, const Speech& speech) {
  if (is_object(value)) return object_in_words(value, speech);
  if (is_list(value)) return list_in_words(value, name, speech);
  return scalar_cell({}, name, value, speech).text;
}

/// A party that acts for another: "person:john-coale for state:USA (head of delegation)".
std::optional<std::string> role_in_words(std::string_view object, const Speech& speech) {
  std::string party, principal, role;
  for (RawItems items(object); items.next();) {
    const std::string name = unescaped(items.key());
    if (name == "party") {
      party = in_words(items.value(), name, speech);
    } else if (name == "on_behalf_of") {
      principal = " for " + in_words(items.value(), name, speech);
    } else if (name == "role") {
      role = " (" + in_words(items.value(), name, speech) + ')';
    } else {
      return std::nullopt;
    }
  }
  if (party.empty()) return std::nullopt;
  return party + principal + role;
}

std::string object_in_words(std::string_view object, const Speech& speech) {
  if (const auto bounds = bounds_of(object); bounds && bounds->alone) return range_in_words(bounds->low, bounds->high);
  if (auto role = role_in_words(object, speech)) return *role;
  std::string out;
  for (RawItems items(object); items.next();) {
    const std::string name = unescaped(items.key());
    const std::string text = in_words(items.value(), name, speech);
    if (text.empty()) continue;
    if (!out.empty()) out += ", ";
    out += speech.name(name) + ": " + text;
  }
  return out;
}

/// Fields whose value may be how many: a number, or a list of two, from and up to. Countries name those of each.
bool names_count(std::string_view field) {
  const bool country = field.size() == 3 && std::all_of(field.begin(), field.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return country || one_of(field, {"count", "foreign", "passengers"});
}

/// [low, high] of a count, high null for at least.
std::optional<Bounds> count_of(std::string_view list, std::string_view name) {
  std::vector<std::string_view> values;
  for (RawItems items(list); items.next();) values.push_back(items.value());
  if (!names_count(name) || values.size() != 2 || !is_number(values[0]) || !(is_number(values[1]) || values[1] == "null")) return std::nullopt;
  return Bounds{values[0], values[1], true};
}

std::string list_in_words(std::string_view list, std::string_view name, const Speech& speech) {
  if (const auto count = count_of(list, name)) return range_in_words(count->low, count->high);
  std::string out;
  for (RawItems items(list); items.next();) {
    const bool compound = is_object(items.value()) || is_list(items.value());
    if (!out.empty()) out += compound ? "; " : ", ";
    out += in_words(items.value(), name, speech);
  }
  return out;
}

void readable_into(std::vector<Cell>& out, const std::string& path, std::string_view value, const Speech& speech) {
  if (!is_object(value) || is_empty_object(value)) {
    if (path.empty()) return;
    if (is_list(value)) return out.push_back({path, list_in_words(value, last_name(path), speech), false, false, false});
    Cell cell = scalar_cell(path, last_name(path), value, speech);
    cell.hollow = is_hollow(value);
    if (cell.hollow) cell.text.clear();
    return out.push_back(std::move(cell));
  }
  const std::optional<Bounds> bounds = bounds_of(value);
  // A state that is itself a range has no name of its own.
  if (bounds) out.push_back({path.empty() ? "count" : path, range_in_words(bounds->low, bounds->high), true, false, false});
  for (RawItems items(value); items.next();) {
    const std::string name = unescaped(items.key());
    if (bounds && one_of(name, {"low", "high"})) continue;
    readable_into(out, column_of(path, name, items.value()), items.value(), speech);
  }
}

using std::chrono::seconds;

/// The offset with which a clock shows what it shows at an instant once more, before or after it; nothing where it shows that once. Clocks
/// are put back by less than a day, and not twice within two.
std::optional<seconds> offset_of_the_same(const Zone& zone, Instant instant) {
  const seconds own = zone.offset(instant);
  for (const std::chrono::days away : {std::chrono::days(-1), std::chrono::days(1)}) {
    const seconds other = zone.offset(instant + away);
    if (other != own && zone.offset(instant + own - other) == other) return other;
  }
  return std::nullopt;
}

/// An offset as RFC 3339 writes it; seconds only where there are some.
std::string offset_text(seconds offset) {
  const std::chrono::hh_mm_ss time(std::chrono::abs(offset));
  std::string text = fmt::format("{}{:02}:{:02}", offset < seconds(0) ? '-' : '+', time.hours().count(), time.minutes().count());
  if (time.seconds().count() != 0) text += fmt::format(":{:02}", time.seconds().count());
  return text;
}

}  // namespace

std::vector<Cell> exact_cells(std::string_view row) {
  std::vector<Cell> cells;
  exact(cells, {}, row);
  return cells;
}

Speech speech_for_terminals(std::string_view zone) {
  return {[zone = std::string(zone)](std::string_view field, std::string_view text) {
            const std::optional<std::string> local = names_instant(field) ? local_time(text, zone) : std::nullopt;
            return local ? *local : harmless(text);
          },
          [](std::string_view name) { return harmless(name); }};
}

std::vector<Cell> readable_cells(std::string_view row, const Speech& speech) {
  std::vector<Cell> cells;
  readable_into(cells, {}, row, speech);
  return cells;
}

std::vector<Cell> readable_cells(std::string_view row, std::string_view zone) { return readable_cells(row, speech_for_terminals(zone)); }

std::string readable(std::string_view json, std::string_view field, const Speech& speech) { return in_words(json, field, speech); }

std::string readable(std::string_view json, std::string_view zone) { return in_words(json, {}, speech_for_terminals(zone)); }

std::string range_in_words(std::string_view low, std::string_view high) {
  if (low == "null") return high == "null" ? std::string() : "up to " + with_thousands(high);
  if (high == "null") return with_thousands(low) + " or more";
  if (low == high) return with_thousands(low);
  return with_thousands(low) + " to " + with_thousands(high);
}

std::optional<std::string> local_time(std::string_view instant, std::string_view zone) {
  const Result<Instant> parsed = parse_instant({}, instant);
  if (!parsed) return std::nullopt;
  std::string local = format_local(*parsed, zone, true);
  local.resize(local.find('.') == std::string::npos ? local.size() : local.find('.'));
  const auto known = Zone::find(zone);
  const seconds own = known ? known->offset(*parsed) : seconds(0);
  const auto other = known ? offset_of_the_same(*known, *parsed) : std::nullopt;
  constexpr std::string_view midnight = " 00:00:00", whole_minute = ":00";
  const bool begins_the_day = local.ends_with(midnight) && own >= other.value_or(own);
  if (begins_the_day) return local.substr(0, local.size() - midnight.size());
  if (local.ends_with(whole_minute)) local.resize(local.size() - whole_minute.size());
  return other ? local + " (UTC" + offset_text(own) + ')' : local;
}

bool names_instant(std::string_view field) {
  return one_of(field, {"at", "valid_from", "valid_to", "certain_from", "recorded_at", "lapses_at", "earliest", "latest"});
}

}  // namespace chancery
