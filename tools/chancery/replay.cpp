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

Result<void> play(const Context& context, const Reading& reading, const ReplayOptions& options, const Start& start, const Sink& sink) {
  const bool by_occurred = options.by == "occurred";
  Pace pace(options.speed);
  return each_event(reading, start, by_occurred, [&](const Recorded& seen) {
    const auto wait = pace.wait_before(by_occurred ? seen.earliest : seen.recorded_at);
    if (wait.count() > 0) {
      if (!sink.flush()) return false;
      if (const auto& have_wait = context.around().wait) have_wait(wait);
      else std::this_thread::sleep_for(wait);
    }
    return sink.take(seen);
  });
}

/// Ends the command's input, and waits for it.
Result<int> end_of(Feed& feed, const ReplayOptions& options) {
  const int status = feed.finish();
  if (status == 0) return done;
  return refused("--exec", fmt::format("{}, which ended with status {}", quoted(options.command), status), "a command that ends with 0");
}

Result<int> replay_into(const Context& context, const Reading& reading, const ReplayOptions& options, const Start& start) {
  Result<Feed> feed = Feed::start(options.command);
  if (!feed) return Failure(feed.error());
  const auto played = play(context, reading, options, start, {[&](const Recorded& seen) { return feed->write(event_json(seen) + '\n'); }, [&] { return feed->flush(); }});
  const Result<int> ended = end_of(*feed, options);
  if (!played) return Failure(played.error());
  return ended;
}

/// What a server says goes into the command, which is started when it says anything.
class LateFeed {
 public:
  explicit LateFeed(const ReplayOptions& options) : options_(options) {}

  bool write(std::string_view text) { return start() && feed_->write(text) && (options_.speed == 0 || feed_->flush()); }
  /// `told`: what came of the replay.
  Result<int> finish(const Result<int>& told) {
    const bool good = told && *told == done;
    if (!good && !feed_) return told;
    if (!start()) return Failure(*error_);
    const Result<int> ended = end_of(*feed_, options_);
    return good ? ended : told;
  }

 private:
  bool start() {
    if (feed_ || error_) return feed_.has_value();
    Result<Feed> feed = Feed::start(options_.command);
    if (feed) feed_.emplace(std::move(*feed));
    else error_ = feed.error();
    return feed_.has_value();
  }

  const ReplayOptions& options_;
  std::optional<Feed> feed_;
  std::optional<Error> error_;
};

/// The server tells the events, and when; what is done with them is done here.
Result<int> replay_from_server(Context& context, const ReplayOptions& options) {
  if (options.command.empty()) return context.remote->run(context);
  LateFeed feed(options);
  return feed.finish(context.remote->run(context, [&](std::string_view text) { return feed.write(text); }));
}

/// The lines that a command of the caller's is to get.
Result<int> replay_for(Context& context, const Reading& reading, const ReplayOptions& options, const Start& start) {
  const auto played = play(context, reading, options, start, {[&](const Recorded& seen) { return static_cast<bool>(context.out() << event_json(seen) << '\n'); },
                                                              [&] { return static_cast<bool>(context.out().flush()); }});
  return played ? Result<int>(done) : Failure(played.error());
}

Result<int> run_replay(Context& context, const ReplayOptions& options) {
  if (context.remote) return replay_from_server(context, options);
  const Result<Reading> reading = open_to_read(context);
  if (!reading) return Failure(reading.error());
  const Result<Start> start = start_of(*reading, options.from, options.by == "occurred");
  if (!start) return Failure(start.error());
  // Whoever has others wait runs nothing for them.
  if (!options.command.empty()) return context.around().wait ? replay_for(context, *reading, options, *start) : replay_into(context, *reading, options, *start);
  EventPrinter printer(context, *reading, context.format_given() ? context.format() : Format::ndjson, [&](const auto& take) {
    const auto take_all = [&](const Recorded& seen) { return take(seen), true; };
    value_or_throw(each_event(*reading, *start, options.by == "occurred", take_all));
  });
  const auto played = play(context, *reading, options, *start,
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
      ->check(one_of({"recorded", "occurred"}))
      ->type_name("ORDER");
  command->add_option("--speed", options->speed, "Keep the pace of that order, so many times as fast (default: do not wait)")
      ->check(above_zero())
      ->type_name("N");
  command->add_option("--exec", options->command, "A shell command whose stdin gets the lines")->type_name("CMD");
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
