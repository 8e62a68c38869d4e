#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <unordered_set>

#include "core/any_case.hpp"
#include "core/json/raw.hpp"
#include "projections/seen.hpp"
#include "tools/chancery/ask.hpp"
#include "tools/chancery/event_printer.hpp"

/// log: events, newest first or in world time.
namespace chancery::cli {
namespace {

struct LogOptions {
  std::vector<std::string> types, streams, parties, tags;
  std::string by, grep, since, until, causes;
  std::uint64_t limit = 0;  ///< 0: none
  bool count = false;
};

/// What is asked for, checked.
struct Wanted {
  Filter filter;
  bool by_occurred = false;
  std::optional<AnyCase> grep;
  std::optional<std::unordered_set<Position>> among;  ///< only these
  std::uint64_t limit = 0;
};

/// The types of events there are.
std::vector<std::string> all_types() {
  std::vector<std::string> types;
  for_each_type([&]<class T>() { types.emplace_back(T::type); });
  return types;
}

/// A type, or all that begin like `sanction.*`.
Result<std::vector<std::string>> types_of(const std::string& text) {
  std::vector<std::string> types;
  const bool all = text.ends_with(".*");
  for (const std::string& type : all_types()) {
    if (all ? type.starts_with(text.substr(0, text.size() - 1)) : type == text) types.push_back(type);
  }
  if (types.empty()) return refused("--type", quoted(text), fmt::format("{}, or a beginning such as sanction.*", fmt::join(all_types(), ", ")));
  return types;
}

Result<Query> query_of(const LogOptions& options) {
  Query query;
  for (const std::string& text : options.types) {
    const auto types = types_of(text);
    if (!types) return Failure(types.error());
    query.types.insert(query.types.end(), types->begin(), types->end());
  }
  for (const std::string& text : options.streams) {
    const auto stream = parse_stream("--stream", text);
    if (!stream) return Failure(stream.error());
    query.streams.push_back(*stream);
  }
  for (const std::string& text : options.parties) {
    const auto party = parse_party("--party", text);
    if (!party) return Failure(party.error());
    query.parties.push_back(party->text);
  }
  query.tags = options.tags;
  return query;
}

/// All that the event answers, through any number of links: of each chain the event that is live.
std::unordered_set<Position> all_causes(const Reading& reading, Position position) {
  const Standing standing(reading);
  const Position start = standing.chain_of(position);
  std::unordered_set<Position> chains{start}, found;
  std::vector<Position> open{standing.live(position).value_or(position)};
  while (!open.empty()) {
    const Recorded event = event_at(reading, open.back());
    open.pop_back();
    for (const Position chain : standing.causes(event)) {
      if (!chains.insert(chain).second) continue;
      open.push_back(standing.teller(chain));
      if (standing.live(open.back())) found.insert(open.back());
    }
  }
  return found;
}

Result<Wanted> wanted_of(const LogOptions& options, const Reading& reading, bool chronology) {
  Wanted wanted;
  wanted.by_occurred = options.by == "occurred" || (options.by.empty() && chronology);
  if (!options.grep.empty()) wanted.grep.emplace(options.grep);
  wanted.limit = options.limit;
  const Result<Query> query = query_of(options);
  if (!query) return Failure(query.error());
  const auto since = since_instant("--since", options.since, reading.zone);
  if (!since) return Failure(since.error());
  const auto until = until_instant("--until", options.until, reading.zone);
  if (!until) return Failure(until.error());
  wanted.filter = {*query, *since, *until, reading.sight.level};
  if (!options.causes.empty()) {
    const Result<Position> position = find_event(reading, options.causes);
    if (!position) {
      Error error = position.error();
      error.field = "--causes";
      return Failure(std::move(error));
    }
    wanted.among = all_causes(reading, *position);
  }
  return wanted;
}

/// Whether a text anywhere in the JSON value, but for the names of fields, contains `part`.
bool some_text_contains(std::string_view json, const AnyCase& part) {
  if (json.front() == '"') return part.in(unescaped(json));
  if (json.front() != '{' && json.front() != '[') return false;
  for (RawItems items(json); items.next();) {
    if (some_text_contains(items.value(), part)) return true;
  }
  return false;
}

/// Calls `visit` for each event that is wanted, as the reader sees it.
Result<void> select(const Reading& reading, const Wanted& wanted, const std::function<void(const Recorded&)>& visit) {
  std::uint64_t visited = 0;
  const auto take = [&](Recorded&& recorded) {
    if (recorded.position > reading.sight.upto) return true;
    if (wanted.among && !wanted.among->contains(recorded.position)) return true;
    const Recorded seen = as_seen(std::move(recorded), *reading.ledger, reading.sight.level);
    if (wanted.grep && !some_text_contains(event_json(seen), *wanted.grep)) return true;
    visit(seen);
    return wanted.limit == 0 || ++visited < wanted.limit;
  };
  if (wanted.by_occurred) return reading.ledger->select_by_occurred(wanted.filter, take);
  Position from = 1, to = reading.sight.upto;
  if (wanted.among) {
    if (wanted.among->empty()) return {};
    const auto [first, last] = std::minmax_element(wanted.among->begin(), wanted.among->end());
    from = *first;
    to = *last;
  }
  return reading.ledger->select(wanted.filter, from, to, true, take);
}

Result<int> count(Context& context, const Reading& reading, const Wanted& wanted) {
  std::uint64_t count = 0;
  const auto counted = select(reading, wanted, [&](const Recorded&) { ++count; });
  if (!counted) return Failure(counted.error());
  print_object(context, fmt::format("\"position\": {}, \"count\": {}", reading.sight.upto, count));
  return done;
}

Result<int> run_log(Context& context, const LogOptions& options) {
  const Format format = context.format();
  const Result<Reading> reading = open_to_read(context);
  if (!reading) return Failure(reading.error());
  const Result<Wanted> wanted = wanted_of(options, *reading, format == Format::md);
  if (!wanted) return Failure(wanted.error());
  if (options.count) return count(context, *reading, *wanted);
  EventPrinter printer(*reading, format, std::cout, std::cerr);
  const auto shown = select(*reading, *wanted, [&](const Recorded& seen) { printer.add(seen); });
  if (!shown) return Failure(shown.error());
  printer.finish();
  return done;
}

}  // namespace

void add_log(CLI::App& app, Context& context) {
  auto options = std::make_shared<LogOptions>();
  CLI::App* command = add_command(app, context, "log", "Events, newest first",
                                  "  chancery log --limit 5\n"
                                  "  chancery log --party state:BLR --type 'prisoners.*' --by occurred\n"
                                  "  chancery log --since 2025-09-11 --until 2025-09 --zone Europe/Minsk\n"
                                  "  chancery log --causes minsk/gl11\n"
                                  "  chancery log --grep hostages --count\n"
                                  "  chancery log --tag article --format md > chronology.md",
                                  [&context, options] { return run_command([&] { return run_log(context, *options); }); });
  add_list(command, "--type", options->types, "Only this type, or those of a beginning such as sanction.*; may be repeated", "TYPE");
  add_list(command, "--stream", options->streams, "Only this stream; may be repeated", "STREAM");
  add_list(command, "--party", options->parties, "Only what this party has a part in; may be repeated", "PARTY");
  add_list(command, "--tag", options->tags, "Only what has this tag; may be repeated", "TAG");
  command->add_option("--grep", options->grep, "Only events in which some text contains this, whatever the case")->type_name("TEXT");
  command->add_option("--since", options->since, "From the beginning of this EDTF date or time on: recorded then or, by occurred, begun then")
      ->type_name("DATE");
  command->add_option("--until", options->until, "Up to the end of this EDTF date or time")->type_name("DATE");
  command->add_option("--causes", options->causes, "Only what this event answers, through any number of links")->type_name("ID");
  command->add_option("--by", options->by, "recorded: newest first; occurred: world time, oldest first, without record.*")
      ->check(CLI::IsMember({"recorded", "occurred"}))
      ->type_name("ORDER");
  command->add_option("--limit", options->limit, "At most so many")->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))->type_name("N");
  command->add_flag("--count", options->count, "Only how many");
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
