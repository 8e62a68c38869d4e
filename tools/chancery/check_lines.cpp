#include <fmt/format.h>

#include "tools/chancery/recording.hpp"

namespace chancery::cli {
namespace {

// How often the check asks whether anybody waits for it.
constexpr std::uint64_t ask_every_lines = 500;

Error too_long(const Line& line) {
  return {ErrorKind::refused, "line", fmt::format("{} bytes", line.bytes), "at most 64000 without its end and its output fields"};
}

Error no_recorded_at() {
  return {ErrorKind::refused, "recorded_at", "nothing", "when it was recorded, which --preserve-recorded-at keeps, such as 2025-09-11T10:00:00Z"};
}

Error too_many_at_once(const Given& given) {
  return {ErrorKind::refused, "recorded_at", fmt::format("more than {} neighbours with {}", commit_events_max, format_instant(*given.recorded_at)),
          "as many as fit in one commit"};
}

/// The check of one file, line by line.
class Check {
 public:
  Check(const RecordOptions& options, Position last_of_ledger, Rehearsal& rehearsal, Expectations& expectations)
      : options_(options), last_of_ledger_(last_of_ledger), rehearsal_(rehearsal), expectations_(expectations), cut_(options) {}

  /// What the ledger would do with a line.
  Result<AppendedEvent> line(const Line& line) {
    if (line.too_long) return Failure(too_long(line));
    const Result<Given> given = reader_.read(line.text, {options_.preserve_recorded, options_.zone, false});
    if (!given) return Failure(given.error());
    if (options_.preserve_recorded && !given->recorded_at) return Failure(no_recorded_at());
    if (cut_.begins_another(*given)) {
      if (auto ended = rehearsal_.end_of_commit(); !ended) return Failure(ended.error());
    } else if (cut_.events() == commit_events_max) {
      return Failure(too_many_at_once(*given));
    }
    Result<AppendedEvent> event = rehearsal_.add(*given);
    if (event) {
      cut_.take(*given);
      expectations_.saw(*event, last_of_ledger_);
    }
    return event;
  }

 private:
  const RecordOptions& options_;
  const Position last_of_ledger_;
  Rehearsal& rehearsal_;
  Expectations& expectations_;
  CommitCut cut_;
  EventReader reader_;
};

}  // namespace

bool CommitCut::begins_another(const Given& given) const {
  if (events_ == 0) return false;
  return options_.preserve_recorded ? given.recorded_at != recorded_at_ : events_ >= options_.batch;
}

void CommitCut::take(const Given& given) {
  events_ = begins_another(given) ? 1 : events_ + 1;
  recorded_at_ = given.recorded_at;
}

void Tally::count(const AppendedEvent& event) {
  ++(event.fresh ? fresh : known);
  if (!event.fresh) return;
  if (first == 0) first = event.position;
  last = event.position;
}

void Tally::add(const Tally& other) {
  lines += other.lines;
  fresh += other.fresh;
  known += other.known;
  refused += other.refused;
  if (first == 0) first = other.first;
  if (other.last != 0) last = other.last;
}

Result<Checked> check_lines(const Input& input, const RecordOptions& options, Position last_of_ledger, Rehearsal& rehearsal,
                            Expectations& expectations, const Complain& complain, const GoesOn& goes_on) {
  Checked checked;
  Check check(options, last_of_ledger, rehearsal, expectations);
  Lines lines(input);
  Progress progress(input.name() + ": checked", input.size(), "lines", options.progress);
  Line line;
  for (;;) {
    const Result<bool> more = lines.next(line);
    if (!more) return Failure(more.error());
    if (!*more) break;
    const std::uint64_t index = checked.tally.lines++;
    if (index % ask_every_lines == 0 && !goes_on({})) return Failure(nobody_waits());
    const Result<AppendedEvent> event = check.line(line);
    if (event) {
      if (event->fresh && checked.tally.fresh == 0) checked.first_fresh = index;
      checked.tally.count(*event);
    } else {
      if (machine_broke(event.error())) return Failure(event.error());
      ++checked.tally.refused;
      checked.refused.resize(index + 1);
      checked.refused[index] = true;
      progress.clear();
      if (auto said = complain(line, event.error()); !said) return Failure(said.error());
    }
    progress.at(checked.tally.lines, lines.offset() - input.begin());
  }
  checked.end = lines.offset();
  if (auto ended = rehearsal.end_of_commit(); !ended) return Failure(ended.error());
  return checked;
}

}  // namespace chancery::cli
