#include <fmt/format.h>

#include <deque>

#include "tools/chancery/recording.hpp"

namespace chancery::cli {
namespace {

// How much is on its way to the disk at a time: enough for the writer to share syncs, little enough to be held in memory.
constexpr std::size_t events_under_way_max = 16'384;
constexpr std::size_t bytes_under_way_max = 16UL << 20;

Error changed(const Input& input) {
  return {ErrorKind::refused, input.name(), "a file that changed while it was recorded", "a file that stays as it is"};
}

/// Commits on their way to the disk, in order.
class Commits {
 public:
  Commits(Ledger& ledger, const Committed& committed, const GoesOn& goes_on) : ledger_(ledger), committed_(committed), goes_on_(goes_on) {}

  void submit(std::vector<Given> events, std::size_t bytes, std::uint64_t last_line, const Condition& condition) {
    UnderWay commit{{}, events.size(), bytes, last_line};
    events_ += commit.events;
    bytes_ += commit.bytes;
    commit.result = ledger_.submit(std::move(events), condition);
    under_way_.push_back(std::move(commit));
    while (!under_way_.empty() && (events_ > events_under_way_max || bytes_ > bytes_under_way_max || front_is_ready())) take_front();
  }

  void finish() {
    while (!under_way_.empty()) take_front();
  }

  bool failed() const { return recording.error.has_value(); }

  Recording recording;

 private:
  struct UnderWay {
    std::future<Result<Appended>> result;
    std::size_t events, bytes;
    std::uint64_t last_line;
  };

  bool front_is_ready() const { return under_way_.front().result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

  void take_front() {
    UnderWay commit = std::move(under_way_.front());
    under_way_.pop_front();
    events_ -= commit.events;
    bytes_ -= commit.bytes;
    const Result<Appended> appended = commit.result.get();
    if (!appended) {
      if (!recording.error) recording.error = appended.error();
      return;
    }
    recording.tally.lines += commit.events;
    if (!recording.error) recording.last_line = commit.last_line;
    for (const AppendedEvent& event : appended->events) recording.tally.count(event);
    // Before its events are told: what was told is never more than what is said of it.
    if (!goes_on_(recording) && !recording.error) recording.error = nobody_waits();
    committed_(appended->events);
  }

  Ledger& ledger_;
  const Committed& committed_;
  const GoesOn& goes_on_;
  std::deque<UnderWay> under_way_;
  std::size_t events_ = 0, bytes_ = 0;
};

/// The events of a commit while they are gathered.
struct Gathered {
  std::vector<Given> events;
  std::size_t bytes = 0;
  std::uint64_t last_line = 0;
};

/// The second pass over one file.
class Append {
 public:
  Append(const Input& input, const RecordOptions& options, const Checked& checked, const std::vector<Expected>& pinned, Commits& commits)
      : input_(input), options_(options), checked_(checked), pinned_(pinned), commits_(commits), cut_(options) {}

  Result<void> run() {
    Lines lines(input_, checked_.end);
    Progress progress(input_.name() + ": recorded", checked_.end - input_.begin(), "lines", options_.progress);
    Line line;
    while (!commits_.failed()) {
      const Result<bool> more = lines.next(line);
      if (!more) return Failure(more.error());
      if (!*more) break;
      if (auto added = add(line); !added) return added;
      progress.at(read_, lines.offset() - input_.begin());
    }
    if (!commits_.failed()) commit();
    if (!commits_.failed() && read_ != checked_.tally.lines) return Failure(changed(input_));
    return {};
  }

 private:
  Result<void> add(const Line& line) {
    const std::uint64_t index = read_++;
    if (checked_.is_refused(index)) return {};
    if (index >= checked_.tally.lines || line.too_long) return Failure(changed(input_));
    Result<Given> given = reader_.read(line.text, {options_.preserve_recorded, options_.zone, false});
    if (!given) return Failure(changed(input_));
    if (!options_.preserve_recorded) given->recorded_by = options_.recorded_by;
    if (cut_.begins_another(*given)) commit();
    cut_.take(*given);
    has_first_fresh_ = has_first_fresh_ || (index == checked_.first_fresh && checked_.tally.fresh > 0);
    gathered_.events.push_back(std::move(*given));
    gathered_.bytes += line.text.size();
    gathered_.last_line = line.number;
    return {};
  }

  void commit() {
    if (gathered_.events.empty()) return;
    Condition condition;
    if (has_first_fresh_ && !pinned_used_) condition.streams = pinned_;
    pinned_used_ = pinned_used_ || has_first_fresh_;
    commits_.submit(std::move(gathered_.events), gathered_.bytes, gathered_.last_line, condition);
    gathered_ = {};
  }

  const Input& input_;
  const RecordOptions& options_;
  const Checked& checked_;
  const std::vector<Expected>& pinned_;
  Commits& commits_;
  CommitCut cut_;
  EventReader reader_;
  Gathered gathered_;
  std::uint64_t read_ = 0;
  bool has_first_fresh_ = false, pinned_used_ = false;
};

}  // namespace

Error nobody_waits() { return {ErrorKind::refused, "record", "nobody who waits for it", "a caller that stays until it ends"}; }

Recording append_lines(const Input& input, const RecordOptions& options, const Checked& checked, const std::vector<Expected>& pinned,
                       Ledger& ledger, const Committed& committed, const GoesOn& goes_on) {
  Commits commits(ledger, committed, goes_on);
  const Result<void> run = Append(input, options, checked, pinned, commits).run();
  commits.finish();
  if (!run && !commits.recording.error) commits.recording.error = run.error();
  return std::move(commits.recording);
}

}  // namespace chancery::cli
