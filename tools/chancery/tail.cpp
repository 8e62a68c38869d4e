#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "tools/chancery/feed.hpp"
#include "tools/chancery/remote.hpp"
#include "tools/chancery/tail_consumer.hpp"
#include "tools/chancery/tail_source.hpp"

/// tail: follows the log, and lets the ledger go between its looks.
namespace chancery::cli {
namespace {

constexpr std::size_t batch_default = 1000;
constexpr double wait_default_s = 1, wait_least_s = 0.01;

struct TailOptions {
  std::string after, consumer, command, view;
  bool once = false;
  std::size_t batch = batch_default;
  double every_s = wait_default_s;
};

class Tail {
 public:
  Tail(Context& context, const TailOptions& options)
      : context_(context), options_(options), source_(TailSource::make(context, options.view)) {}

  Result<int> run() {
    if (auto begun = begin(); !begun) return Failure(begun.error());
    while (true) {
      const Result<bool> more = step();
      if (!more && !can_try_again(more.error())) return Failure(more.error());
      const bool away = !more && is_servers(more.error());
      if (away && !away_) report(context_, more.error());
      away_ = away;
      if (more && *more) continue;
      if (options_.once) return done;
      std::this_thread::sleep_for(std::chrono::duration<double>(std::max(options_.every_s, wait_least_s)));
    }
  }

 private:
  /// Where to start: where the consumer was, else --after, else a new consumer at the beginning and anybody else at the end.
  Result<void> begin() {
    const Result<Position> last = source_->last();
    if (!last) return Failure(last.error());
    after_ = options_.consumer.empty() ? *last : 0;
    if (!options_.after.empty()) {
      const std::optional<Position> after = position_in(options_.after);
      if (!after || *after > *last) return refused("--after", quoted(options_.after), fmt::format("pos:0 to pos:{}", *last));
      after_ = *after;
    }
    if (options_.consumer.empty()) return {};
    Result<TailConsumer> consumer = TailConsumer::open(context_, options_.consumer, options_.view, after_);
    if (!consumer) return Failure(consumer.error());
    consumer_.emplace(std::move(*consumer));
    after_ = consumer_->position();
    return {};
  }

  /// One batch. True: there may be more at once.
  Result<bool> step() {
    if (auto alone = consumer_ ? consumer_->still_alone() : Result<void>(); !alone) return Failure(alone.error());
    // What could not be noted is noted now, or later; more can be told meanwhile.
    if (auto noted = note(); !noted && !can_try_again(noted.error())) return Failure(noted.error());
    if (looked_ && !source_->may_have_more(after_)) return false;
    const Result<Batch> batch = source_->read(after_, options_.batch);
    if (!batch) return Failure(batch.error());
    looked_ = true;
    if (!batch->lines.empty()) {
      const Result<bool> delivered = deliver(*batch);
      if (!delivered) return Failure(delivered.error());
      if (!*delivered) return false;
    }
    // It is told: whatever happens now, this process does not tell it again.
    after_ = batch->end;
    if (auto noted = note(); !noted) return Failure(noted.error());
    return after_ < batch->last;
  }

  /// Keeps how far the consumer has come.
  Result<void> note() {
    if (!consumer_ || consumer_->position() >= after_) return {};
    return consumer_->save(after_, options_.once);
  }

  /// False: the command failed, and gets the batch again.
  Result<bool> deliver(const Batch& batch) {
    if (options_.command.empty()) return print(batch);
    Result<Feed> feed = Feed::start(options_.command);
    if (!feed) return Failure(feed.error());
    for (const std::string& line : batch.lines) {
      if (!feed->write(line + '\n')) break;
    }
    const int status = feed->finish();
    if (status == 0) return true;
    const auto failed = refused("--exec", fmt::format("{}, which ended with status {} on what follows pos:{}", quoted(options_.command), status, after_),
                                "a command that ends with 0 when it is done with its lines");
    if (options_.once) return failed;
    report(context_, failed.value());
    return false;
  }

  /// Each batch is an answer of its own.
  Result<bool> print(const Batch& batch) {
    PrinterOptions printing;
    printing.format = context_.format_given() ? context_.format() : Format::ndjson;
    printing.envelope = fmt::format("\"position\": {}", batch.end);
    printing.rows_name = options_.view.empty() ? "events" : "rows";
    if (const auto zone = context_.zone()) printing.zone = *zone;
    const auto printer = make_row_printer(printing, context_.out(), context_.err());
    for (const std::string& line : batch.lines) printer->row(line);
    printer->finish();
    if (context_.out().flush()) return true;
    return failure(ErrorKind::disk, "stdout", "output that cannot be written", "room, and a reader");
  }

  /// Another process has the ledger for now, or the server cannot be reached for now.
  bool can_try_again(const Error& error) const {
    if (!looked_ || options_.once) return false;
    return error.kind == ErrorKind::in_use || is_servers(error);
  }
  bool is_servers(const Error& error) const { return context_.remote && error.kind == ErrorKind::disk && error.field == context_.remote->name(); }

  Context& context_;
  const TailOptions& options_;
  const std::unique_ptr<TailSource> source_;
  std::optional<TailConsumer> consumer_;
  Position after_ = 0;
  bool looked_ = false;  // the ledger was opened once
  bool away_ = false;    // the server could not be reached, and that was said
};

}  // namespace

void add_tail(CLI::App& app, Context& context) {
  auto options = std::make_shared<TailOptions>();
  CLI::App* command = add_command(app, context, "tail", "Follow the log, as native JSON; others can record meanwhile",
                                  "  chancery tail\n"
                                  "  chancery tail --after pos:20 --once\n"
                                  "  chancery tail --consumer newsroom --exec 'cat >> newsroom.ndjson'\n"
                                  "  chancery tail --view sanctions --after pos:0 --once",
                                  [&context, options] { return run_command(context, [&] { return Tail(context, *options).run(); }); });
  command->add_option("--after", options->after, "Begin after pos:N (default: now; a new consumer: from the beginning; one that was there goes on where it was)")->type_name("pos:N");
  command->add_option("--consumer", options->consumer, "Go on where this consumer was, and remember how far it comes; always with the same --view and --visibility")->type_name("NAME");
  command->add_option("--exec", options->command, "A shell command whose stdin gets each batch of lines; goes on when it ends with 0, else tries again")
      ->type_name("CMD");
  command->add_option("--view", options->view, "Follow the rows of this view as they are opened and closed")->type_name("VIEW");
  command->add_flag("--once", options->once, "End when all that is recorded has been told");
  command->add_option("--batch", options->batch, fmt::format("At most so many lines at once (default: {})", batch_default))
      ->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  command->add_option("--every", options->every_s, fmt::format("Seconds between two looks (default: {})", wait_default_s))
      ->check(not_negative())
      ->type_name("SECONDS");
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
