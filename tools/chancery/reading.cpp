#include "tools/chancery/reading.hpp"

#include <charconv>
#include <iostream>

#include "core/json/event_json.hpp"
#include "core/json/raw.hpp"
#include "core/json/write_fields.hpp"
#include "core/occurred.hpp"
#include "projections/seen.hpp"
#include "tools/format/cells.hpp"

namespace chancery::cli {
namespace {

constexpr std::string_view position_prefix = "pos:";

Failure no_such_event(std::string_view name, Position last) {
  return failure(ErrorKind::not_found, "ID", quoted(name) + ", which is not in the ledger",
                 "the id of an event that is, or pos:1 to pos:" + std::to_string(last));
}

}  // namespace

void add_known(CLI::App* command, std::string& known) {
  command->add_option("--known", known, "What was known then: an EDTF date or time, pos:N or now")->type_name("K");
}

Result<Reading> open_to_read(Context& context, const std::string& known) {
  const Result<std::string> zone = context.zone();
  if (!zone) return Failure(zone.error());
  const Result<Visibility> level = context.level();
  if (!level) return Failure(level.error());
  auto ledger = context.open(Access::read);
  if (!ledger) return Failure(ledger.error());
  const Result<Position> upto = parse_known(known, *zone, now(), **ledger);
  if (!upto) return Failure(upto.error());
  context.answered.position = *upto;
  return Reading{std::move(*ledger), {*upto, *level}, *zone, still_wanted(context)};
}

std::function<bool()> still_wanted(const Context& context, std::uint64_t asks_every) {
  const auto& ask = context.around().goes_on;
  if (!ask) return {};
  return [&ask, asks_every, steps = std::uint64_t{0}, wanted = true]() mutable {
    if (wanted && ++steps % asks_every == 0) wanted = ask("");
    return wanted;
  };
}

Result<Visibility> level_within(std::string_view field, std::string_view text, Visibility ceiling) {
  std::string allowed;
  for (const Visibility level : all_levels) {
    if (level > ceiling) break;
    if (word(level) == text) return level;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word(level));
  }
  return refused(std::string(field), chancery::quoted(text), allowed);
}

std::optional<Position> position_in(std::string_view text) {
  if (!text.starts_with(position_prefix)) return std::nullopt;
  const std::string_view digits = text.substr(position_prefix.size());
  Position position = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), position);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return position;
}

Result<Position> find_event(const Reading& reading, std::string_view name) {
  const Log& log = *reading.ledger;
  std::optional<Position> position = position_in(name);
  if (!position) {
    const Result<Id> id = parse_id("ID", name);
    if (!id) return Failure(id.error());
    const auto found = log.find(*id);
    if (!found) return Failure(found.error());
    position = *found;
  }
  const bool there = position && *position > 0 && *position <= reading.sight.upto;
  if (!there || log.level_of(*position) > reading.sight.level) return no_such_event(name, reading.sight.upto);
  return *position;
}

Recorded event_at(const Reading& reading, Position position) {
  return as_seen(value_or_throw(reading.ledger->at(position)), *reading.ledger, reading.sight.level);
}

std::string event_json(const Recorded& seen) {
  std::string json;
  write_recorded(json, seen);
  return json;
}

std::string event_title(const Recorded& seen) {
  if (seen.event.summary) return *seen.event.summary;
  std::string data;
  write_json(data, seen.event.payload);
  return readable(data, "UTC");
}

std::string json_text(std::string_view text) {
  std::string json;
  append_string(json, text);
  return json;
}

std::string json_object(Members members) {
  std::string json;
  ObjectWriter object(json);
  for (const auto& [name, value] : members) {
    object.name(name);
    json += value;
  }
  object.close();
  return json;
}

Result<std::optional<Instant>> since_instant(std::string_view field, std::string_view text, std::string_view zone) {
  if (text.empty()) return std::nullopt;
  const Result<Occurred> when = resolve_occurred(field, text, zone);
  if (!when) return Failure(when.error());
  return when->earliest;
}

Result<std::optional<Instant>> until_instant(std::string_view field, std::string_view text, std::string_view zone) {
  if (text.empty()) return std::nullopt;
  const Result<Occurred> when = resolve_occurred(field, text, zone);
  if (!when) return Failure(when.error());
  // An interval that is left open has no last instant.
  return when->open_end ? std::nullopt : std::optional(when->latest);
}

int run_command(Context& context, const std::function<Result<int>()>& body) {
  const Result<int> result = guarded(body);
  if (!result) return report(context, result.error());
  context.out().flush();
  if (!context.out()) {
    return report(context, {ErrorKind::disk, "stdout", "output that cannot be written", "room, and a reader"});
  }
  return *result;
}

}  // namespace chancery::cli
