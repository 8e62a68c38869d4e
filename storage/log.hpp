#pragma once

#include <functional>
#include <optional>

#include "core/liveness.hpp"
#include "core/record/record.hpp"
#include "core/result.hpp"

/// The append-only log as everything that follows it sees it. Small on purpose: a replicated stream can stand behind it too.
namespace chancery {

/// Reads see whole commits up to last(), and nothing after it. Any thread may call.
/// What Links promises throws MachineFailure where the machine fails.
class Log : public Links {
 public:
  /// The end of the last commit that is on disk; 0 for an empty ledger.
  virtual Position last() const = 0;
  /// The event at a position. Fails with: not_found (0, or above last()), corrupt, disk. Cost: one look-up.
  virtual Result<Recorded> at(Position position) const = 0;
  /// The head of the same, cheaper.
  virtual Result<RecordHead> head_at(Position position) const = 0;
  /// Where the event of that id is; nothing if the ledger has none.
  virtual Result<std::optional<Position>> find(const Id& id) const = 0;
  /// Calls `visit` for each event of [from, to] in order, until it returns false. `to` above last() means last().
  virtual Result<void> read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const = 0;
  /// The same from `to` down to `from`.
  virtual Result<void> read_backward(Position from, Position to,
                                     const std::function<bool(Recorded&&)>& visit) const = 0;
};

/// The end of the last commit that lies wholly at or before `position`; 0 if there is none. Refused above last().
Result<Position> commit_end_at(const Log& log, Position position);
/// The end of the last commit recorded at or before `instant`; 0 if there is none. Cost: a binary search.
Result<Position> commit_end_at(const Log& log, Instant instant);

}  // namespace chancery
