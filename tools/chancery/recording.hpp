#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/ledger.hpp"
#include "tools/chancery/expectations.hpp"
#include "tools/chancery/lines.hpp"
#include "tools/chancery/progress.hpp"

/// A file of events goes into a ledger in two passes: all of it is checked, then it is appended in commits. Both cut it into the same
/// commits, and neither needs memory that grows with the file (but for a bit a line, where lines are refused).
namespace chancery::cli {

constexpr std::size_t batch_events_default = 1'000;

struct RecordOptions {
  std::size_t batch = batch_events_default;  ///< events a commit; 1 to commit_events_max
  bool preserve_recorded = false;            ///< equal neighbours of recorded_at are one commit, whatever the batch
  bool skip_invalid = false;
  bool progress = true;                    ///< a person looks on
  std::string zone;                        ///< written into events that name none; empty: nothing is
  std::optional<std::string> recorded_by;  ///< of events that bring none along
};

/// What became of the lines of a file. Blank lines are none.
struct Tally {
  std::uint64_t lines = 0, fresh = 0, known = 0, refused = 0;
  Position first = 0, last = 0;  ///< of the fresh ones; 0 if there are none
  void count(const AppendedEvent& event);
  void add(const Tally& other);
};

struct Checked {
  Tally tally;
  std::uint64_t end = 0;            ///< where in the file the check ended
  std::uint64_t first_fresh = 0;    ///< which of the lines is the first that is new, from 0
  std::vector<bool> refused;        ///< by line, from 0; those after its end are good
  bool is_refused(std::uint64_t line) const { return line < refused.size() && refused[line]; }
};

struct Recording {
  Tally tally;                  ///< of what is on the disk
  std::uint64_t last_line = 0;  ///< number of the last line up to which all is on the disk
  std::optional<Error> error;   ///< why it ended early
};

/// Asked now and then, with what is on the disk so far, whether to go on. False: nobody wants it any longer.
using GoesOn = std::function<bool(const Recording&)>;
/// What a run that nobody wants any longer ends with.
Error nobody_waits();

/// Called for each line that is refused, in order.
using Complain = std::function<Result<void>(const Line&, const Error&)>;

/// Checks every line. `expectations` are told what is known already. Fails with: disk, corrupt, what `complain` fails with, and
/// refused (nobody_waits).
Result<Checked> check_lines(const Input& input, const RecordOptions& options, Position last_of_ledger, Rehearsal& rehearsal,
                            Expectations& expectations, const Complain& complain, const GoesOn& goes_on);

/// Called with the events of each commit, in order, as soon as it is on the disk.
using Committed = std::function<void(const std::vector<AppendedEvent>&)>;

/// Appends the lines that were checked; `pinned` is expected of the ledger before the first that is new. `goes_on` is asked after each
/// commit.
Recording append_lines(const Input& input, const RecordOptions& options, const Checked& checked, const std::vector<Expected>& pinned,
                       Ledger& ledger, const Committed& committed, const GoesOn& goes_on);

/// Where one commit ends and the next begins. Both passes ask the same.
class CommitCut {
 public:
  explicit CommitCut(const RecordOptions& options) : options_(options) {}
  /// Whether the event, coming after those that were taken, is the first of another commit.
  bool begins_another(const Given& given) const;
  void take(const Given& given);
  /// Of the commit at hand.
  std::size_t events() const { return events_; }

 private:
  const RecordOptions& options_;
  std::size_t events_ = 0;
  std::optional<Instant> recorded_at_;
};

/// Whether an error is the machine's, not the input's.
inline bool machine_broke(const Error& error) { return error.kind == ErrorKind::disk || error.kind == ErrorKind::corrupt; }

}  // namespace chancery::cli
