#include <fmt/format.h>

#include <iostream>
#include <thread>

#include "core/occurred.hpp"
#include "projections/seen.hpp"
#include "tools/chancery/event_printer.hpp"
#include "tools/chancery/feed.hpp"
#include "tools/chancery/remote.hpp"

/// replay: every event in order, to stdout or into a command.
namespace chancery::cli {
namespace {

struct ReplayOptions {
  std::string from, by, command;
  double speed = 0;  ///< 0: as fast as can be
};

/// Where a replay begins: both must hold.
struct Start {
  Position position = 1;
  std::optional<Instant> instant;
};

/// pos:N, an EDTF date or time, or the id of an event.
Result<Start> start_of(const Reading& reading, const std::string& text, bool by_occurred) {
  if (text.empty()) return Start{};
  if (const auto position = position_in(text)) {
    // The next position begins a replay that has nothing yet.
    if (*position >= 1 && *position <= reading.sight.upto + 1) return Start{*position, {}};
    return refused("--from", quoted(text), fmt::format("pos:1 to pos:{}", reading.sight.upto + 1));
  }
  if (const auto when = resolve_occurred("--from", text, reading.zone)) return Start{1, when->earliest};
  const Result<Position> event = find_event(reading, text);
  if (!event) return refused("--from", quoted(text), "pos:N, an EDTF date or time, or the id of an event in the ledger");
  if (!by_occurred) return Start{*event, {}};
  return Start{1, value_or_throw(reading.ledger->at(*event)).earliest};
}

/// Keeps the pace at which events were recorded, or happened.
class Pace {
 public:
  explicit Pace(double speed) : speed_(speed) {}

  /// How long to wait before the event of this instant.
  std::chrono::duration<double> wait_before(Instant instant) {
    const Instant before = std::exchange(last_, std::optional(instant)).value_or(instant);
    if (speed_ == 0 || instant <= before) return {};
    return std::chrono::duration<double>(instant - before) / speed_;
  }

 private:
  const double speed_;
  std::optional<Instant> last_;
};

/// Calls `visit` for each event in the order asked for, as the reader sees it, until it returns false.
Result<void> each_event(const Reading& reading, const Start& start, bool by_occurred, const std::function<bool(const Recorded&)>& visit) {
  Filter filter;
  filter.level = reading.sight.level;
  filter.since = start.instant;
  const auto take = [&](Recorded&& recorded) {
    if (recorded.position < start.position || recorded.position > reading.sight.upto) return true;
    return visit(as_seen(std::move(recorded), *reading.ledger, reading.sight.level));
  };
  if (by_occurred) return reading.ledger->select_by_occurred(filter, take);
  return reading.ledger->select(filter, start.position, reading.sight.upto, false, take);
}

/// Where lines go.
struct Sink {
  std::function<bool(const Recorded&)> take;  ///< false: no more
  std::function<bool()> flush;                ///< before a wait
};

Result<void> play(const Reading& reading, const ReplayOptions& options, const Sink& sink) {
  const bool by_occurred = options.by == "occurred";
  const Result<Start> start = start_of(reading, options.from, by_occurred);
  if (!start) return Failure(start.error());
  Pace pace(options.speed);
  return each_event(reading, *start, by_occurred, [&](const Recorded& seen) {
    const auto wait = pace.wait_before(by_occurred ? seen.earliest : seen.recorded_at);
    if (wait.count() > 0) {
      if (!sink.flush()) return false;
      std::this_thread::sleep_for(wait);
    }
    return sink.take(seen);
  });
}

Result<int> replay_into(const Reading& reading, const ReplayOptions& options) {
  Result<Feed> feed = Feed::start(options.command);
  if (!feed) return Failure(feed.error());
  const auto played = play(reading, options, {[&](const Recorded& seen) { return feed->write(event_json(seen) + '\n'); }, [&] { return feed->flush(); }});
  const int status = feed->finish();
  if (!played) return Failure(played.error());
  if (status == 0) return done;
  return refused("--exec", fmt::format("{}, which ended with status {}", quoted(options.command), status), "a command that ends with 0");
}

/// Events that come as text, a line each, handed on at their pace.
class PacedLines {
 public:
  PacedLines(const ReplayOptions& options, std::function<bool(std::string_view)> take)
      : by_occurred_(options.by == "occurred"), paced_(options.speed > 0), pace_(options.speed), take_(std::move(take)) {}

  bool add(std::string_view text) {
    if (!paced_) return take_(text);
    rest_ += text;
    std::size_t at = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
      const std::string_view line = std::string_view(rest_).substr(at, end + 1 - at);
      if (const auto instant = instant_of(line)) std::this_thread::sleep_for(pace_.wait_before(*instant));
      if (!take_(line)) return false;
      at = end + 1;
    }
    rest_.erase(0, at);
    return true;
  }

 private:
  std::optional<Instant> instant_of(std::string_view line) {
    const auto given = reader_.read(line.substr(0, line.size() - 1), {true, {}, false});
    if (!given) return std::nullopt;
    return by_occurred_ ? std::optional(given->earliest) : given->recorded_at;
  }

  const bool by_occurred_, paced_;
  Pace pace_;
  const std::function<bool(std::string_view)> take_;
  EventReader reader_;
  std::string rest_;
};

/// The server tells the events; what is done with them is done here.
Result<int> replay_from_server(Context& context, const ReplayOptions& options) {
  if (options.command.empty() && options.speed == 0) {
    return context.remote->run(context, context.words, [&](std::string_view text) { return static_cast<bool>(context.out() << text); });
  }
  std::vector<std::string> words{"replay", "--format=ndjson"};
  const std::vector<std::pair<std::string, std::string>> given{
      {"--from", options.from}, {"--by", options.by}, {"--zone", context.options.zone}, {"--visibility", context.options.visibility}};
  for (const auto& [name, value] : given) {
    if (!value.empty()) words.push_back(fmt::format("{}={}", name, value));
  }
  if (options.speed > 0 && context.format_given() && context.format() != Format::ndjson) {
    return refused("--speed", "another format, of a ledger that is served", "--format ndjson");
  }
  if (options.command.empty()) {
    PacedLines lines(options, [&](std::string_view line) { return static_cast<bool>(context.out() << line << std::flush); });
    return context.remote->run(context, words, [&](std::string_view text) { return lines.add(text); });
  }
  Result<Feed> feed = Feed::start(options.command);
  if (!feed) return Failure(feed.error());
  PacedLines lines(options, [&](std::string_view line) { return feed->write(line) && (options.speed == 0 || feed->flush()); });
  const Result<int> told = context.remote->run(context, words, [&](std::string_view text) { return lines.add(text); });
  const int status = feed->finish();
  if (!told) return told;
  if (status == 0) return *told;
  return refused("--exec", fmt::format("{}, which ended with status {}", quoted(options.command), status), "a command that ends with 0");
}

Result<int> run_replay(Context& context, const ReplayOptions& options) {
  if (!context.around().patient && (options.speed > 0 || !options.command.empty())) {
    return refused(options.speed > 0 ? "--speed" : "--exec", "a replay by a server", "one that is as fast as can be, to whoever asked");
  }
  if (context.remote) return replay_from_server(context, options);
  const Result<Reading> reading = open_to_read(context);
  if (!reading) return Failure(reading.error());
  if (!options.command.empty()) return replay_into(*reading, options);
  EventPrinter printer(context, *reading, context.format_given() ? context.format() : Format::ndjson);
  const auto played = play(*reading, options,
                           {[&](const Recorded& seen) {
                              printer.add(seen);
                              return static_cast<bool>(context.out());
                            },
                            [&] { return static_cast<bool>(context.out().flush()); }});
  if (!played) return Failure(played.error());
  printer.finish();
  return done;
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = add_command(app, context, "replay", "Every event in order, as native JSON, to stdout or into a command",
                                  "  chancery replay > everything.ndjson\n"
                                  "  chancery replay --from 2025-09-11 --zone Europe/Minsk --speed 3600\n"
                                  "  chancery replay --by occurred --visibility public\n"
                                  "  chancery replay --from pos:20 --exec 'grep -c prisoners.released'",
                                  [&context, options] { return run_command(context, [&] { return run_replay(context, *options); }); });
  command->add_option("--from", options->from, "From this event on: pos:N, an EDTF date or time, or an id")->type_name("START");
  command->add_option("--by", options->by, "recorded: as it was recorded; occurred: world time, without record.*")
      ->check(CLI::IsMember({"recorded", "occurred"}))
      ->type_name("ORDER");
  command->add_option("--speed", options->speed, "Keep the pace of that order, so many times as fast (default: do not wait)")
      ->check(above_zero())
      ->type_name("N");
  command->add_option("--exec", options->command, "A shell command whose stdin gets the lines")->type_name("CMD");
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
