#include <fmt/format.h>

#include <iostream>

#include "projections/seen.hpp"
#include "tools/chancery/ask.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/format/cells.hpp"

/// stats: what there is in a ledger, and how much.
namespace chancery::cli {
namespace {

/// What a reader sees of the log, counted.
struct Census {
  std::uint64_t events = 0, corrections = 0;
  std::map<std::string, std::uint64_t, std::less<>> types;
  std::optional<Instant> first_recorded, last_recorded, first_earliest, last_earliest;
};

Result<Census> census_of(const Reading& reading) {
  Census census;
  const auto counted = reading.ledger->read(1, reading.sight.upto, [&](Recorded&& recorded) {
    const Event& event = recorded.event;
    if (event.level() > reading.sight.level) return true;
    ++census.events;
    ++census.types[std::string(event.type())];
    if (!census.first_recorded) census.first_recorded = recorded.recorded_at;
    census.last_recorded = recorded.recorded_at;
    // A correction of what the reader does not see is an event like any other.
    if (event.corrects && as_seen(recorded, *reading.ledger, reading.sight.level).event.corrects) ++census.corrections;
    if (event.about_record()) return true;
    if (!census.first_earliest || recorded.earliest < *census.first_earliest) census.first_earliest = recorded.earliest;
    if (!census.last_earliest || recorded.earliest > *census.last_earliest) census.last_earliest = recorded.earliest;
    return true;
  });
  if (!counted) return Failure(counted.error());
  return census;
}

std::string instant_json(const std::optional<Instant>& instant) { return instant ? json_text(format_instant(*instant)) : "null"; }

template <class Pairs>
std::string numbers_json(const Pairs& pairs) {
  std::string json;
  for (const auto& [name, number] : pairs) json += fmt::format("{}{}:{}", json.empty() ? "" : ",", json_text(name), number);
  return '{' + json + '}';
}

/// A JSON text without escapes, without its quotes; any other value as it is.
std::string_view unquoted(std::string_view json) { return json.starts_with('"') ? json.substr(1, json.size() - 2) : json; }

/// Of the ledger on its disk, whoever has it open; only who sees all of it is told how much it is.
std::vector<std::pair<std::string, std::uint64_t>> storage_of(const Reading& reading) {
  if (reading.sight.level != Visibility::restricted) return {};
  auto figures = reading.ledger->figures();
  std::erase_if(figures, [](const auto& figure) { return figure.first != "bytes_on_disk" && !figure.first.starts_with("followed_by "); });
  return figures;
}

Result<int> run_stats(Context& context) {
  const Result<Reading> reading = open_to_read(context);
  if (!reading) return Failure(reading.error());
  const Result<Census> census = census_of(*reading);
  if (!census) return Failure(census.error());
  std::vector<std::pair<std::string, std::string>> members{
      {"source", json_text(reading->ledger->source())},
      {"position", std::to_string(reading->sight.upto)},
      {"events", std::to_string(census->events)},
      {"corrections", std::to_string(census->corrections)},
      {"first_recorded_at", instant_json(census->first_recorded)},
      {"last_recorded_at", instant_json(census->last_recorded)},
      {"first_earliest", instant_json(census->first_earliest)},
      {"last_earliest", instant_json(census->last_earliest)},
      {"types", numbers_json(census->types)}};
  const auto storage = storage_of(*reading);
  if (!storage.empty()) members.emplace_back("storage", numbers_json(storage));
  if (context.format() != Format::table) {
    std::string object;
    for (const auto& [name, value] : members) object += fmt::format("{}\"{}\":{}", object.empty() ? "" : ",", name, value);
    print_object(context, object);
    return done;
  }
  PrinterOptions options;
  options.screen = context.screen();
  options.zone = reading->zone;
  const auto printer = make_row_printer(options, context.out(), context.err());
  for (auto& [name, value] : members) {
    if (const auto local = local_time(unquoted(value), reading->zone)) value = json_text(*local + " (" + reading->zone + ')');
    if (!value.starts_with('{')) printer->row(fmt::format("{{\"what\":\"{}\",\"figure\":{}}}", name, value));
  }
  for (const auto& [type, number] : census->types) printer->row(fmt::format("{{\"what\":{},\"figure\":{}}}", json_text(type), number));
  for (const auto& [name, number] : storage) printer->row(fmt::format("{{\"what\":{},\"figure\":{}}}", json_text(name), number));
  printer->finish();
  return done;
}

}  // namespace

void add_stats(CLI::App& app, Context& context) {
  CLI::App* command = add_command(app, context, "stats", "What there is in a ledger, and how much",
                                  "  chancery stats\n"
                                  "  chancery stats --visibility public --format json",
                                  [&context] { return run_command(context, [&] { return run_stats(context); }); });
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
