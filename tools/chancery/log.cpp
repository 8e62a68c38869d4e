#include <fmt/format.h>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/event_printer.hpp"
#include "tools/chancery/selection.hpp"

/// log: events, newest first or in world time.
namespace chancery::cli {
namespace {

struct LogOptions {
  Selection selection;
  std::string known;
  bool count = false;
};

Result<int> count(Context& context, const Reading& reading, const Wanted& wanted) {
  std::uint64_t count = 0;
  const auto counted = select(reading, wanted, [&](const Recorded&) { return ++count > 0; });
  if (!counted) return Failure(counted.error());
  print_object(context, fmt::format("\"position\": {}, \"count\": {}", reading.sight.upto, count));
  return done;
}

Result<int> run_log(Context& context, const LogOptions& options) {
  const Format format = context.format();
  const Result<Reading> reading = open_to_read(context, options.known);
  if (!reading) return Failure(reading.error());
  if (const auto ordered = check_order(options.selection, reading->zone); !ordered) return wrong_usage(context, ordered.error());
  Result<Wanted> wanted = wanted_of(options.selection, *reading, format == Format::md);
  if (!wanted) return Failure(wanted.error());
  if (options.count) return count(context, *reading, *wanted);
  // One more than is shown is looked for: there is a next page only if it has something.
  const std::uint64_t limit = std::exchange(wanted->limit, 0);
  const auto each = [&](const std::function<void(const Recorded&)>& take) {
    std::uint64_t events = 0;
    Position last = 0;
    return select(*reading, *wanted, [&](const Recorded& seen) {
      if (limit > 0 && events == limit) {
        context.answered.next = std::to_string(last);
        return false;
      }
      take(seen);
      ++events;
      last = seen.position;
      return true;
    });
  };
  EventPrinter printer(context, *reading, format, [&](const auto& take) { value_or_throw(each(take)); });
  const auto shown = each([&](const Recorded& seen) { printer.add(seen); });
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
                                  [&context, options] { return run_command(context, [&] { return run_log(context, *options); }); });
  add_list(command, "--type", options->selection.types, "Only this type, or those of a beginning such as sanction.*; may be repeated", "TYPE");
  add_list(command, "--stream", options->selection.streams, "Only this stream; may be repeated", "STREAM");
  add_list(command, "--party", options->selection.parties, "Only what this party has a part in; may be repeated", "PARTY");
  add_list(command, "--tag", options->selection.tags, "Only what has this tag; may be repeated", "TAG");
  add_list(command, "--measure", options->selection.measures, "Only what this measure is about; may be repeated", "MEASURE");
  command->add_option("--grep", options->selection.grep, "Only events in which some text contains this, whatever the case")->type_name("TEXT");
  command->add_option("--since", options->selection.since, "From the beginning of this EDTF date or time on: recorded then or, by occurred, begun then")
      ->type_name("DATE");
  command->add_option("--until", options->selection.until, "Up to the end of this EDTF date or time")->type_name("DATE");
  command->add_option("--causes", options->selection.causes, "Only what this event answers, through any number of links")->type_name("ID");
  command->add_option("--by", options->selection.by, "recorded: newest first; occurred: world time, oldest first, without record.*")
      ->check(one_of({"recorded", "occurred"}))
      ->type_name("ORDER");
  command->add_option("--after", options->selection.after, "Only what comes after this position")->type_name("pos:N");
  command->add_option("--before", options->selection.before, "Only what comes before this position")->type_name("pos:N");
  command->add_option("--beyond", options->selection.beyond, "By occurred: only what comes after the event at this position, for the next page")->type_name("pos:N");
  command->add_flag("--oldest-first", options->selection.oldest_first, "By position, from the beginning");
  command->add_option("--limit", options->selection.limit, "At most so many")->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))->type_name("N");
  command->add_flag("--count", options->count, "Only how many");
  add_known(command, options->known);
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
