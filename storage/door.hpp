#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json/event_json.hpp"
#include "core/liveness.hpp"

/// What is checked of one event before it enters the ledger. The same for an append and for a rehearsal of it.
namespace chancery {

/// What the door must know of an event that is there already.
struct Standing {
  std::string id, stream;
  std::uint64_t revision = 0;
  Position chain = 0;
  Visibility level = Visibility::public_;
  Visibility stream_level = Visibility::public_;
  bool about_record = false;
};

/// All that is there already: the ledger, and what waits to be added to it. Throws MachineFailure.
class Known : public Links {
 public:
  /// The position of the last event.
  virtual Position last() const = 0;
  virtual std::optional<Position> find(const Id& id) const = 0;
  /// The event at a position from 1 to last().
  virtual Standing standing(Position position) const = 0;
  /// Whether the event there has the same content as `event`, whose id it has.
  virtual bool same_content(Position position, const Event& event) const = 0;
  /// How many events a stream has.
  virtual std::uint64_t next_revision(std::string_view stream) const = 0;
};

/// One way in which an event names an earlier one.
struct LinkTo {
  Relation relation;
  Position target;
  bool operator==(const LinkTo&) const = default;
};

/// An event that may enter, or is there already.
struct Admission {
  bool fresh = false;
  Position position = 0;  ///< where it is or, if fresh, will be
  std::string stream;     ///< filled in where a record.* has none of its own
  std::uint64_t revision = 0;
  // Of a fresh event only:
  Position chain = 0;
  Visibility stream_level = Visibility::public_;
  std::vector<LinkTo> links;  ///< each once
};

/// Whether `given` may be the next event. That it is known already is found first of all, before its links and their liveness.
/// Fails with: conflict (same id, other content), refused (a link to nothing, a target that is not live).
Result<Admission> admit(const Given& given, const Known& known);

/// Where the event of `given` is, with this content; nothing where it is new or conflicts. Changes `given` in nothing.
std::optional<Position> known_already(const Given& given, const Known& known);

/// The instant that a commit is given with: later than the last commit's, and not so far ahead of the clock that all that is recorded
/// afterwards would bear a date of its making. Fails with: refused.
Result<void> check_given_instant(Instant given, Instant last, Instant now);

}  // namespace chancery
