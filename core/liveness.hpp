#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/event.hpp"

/// Which events stand, seen from a position by a reader of a level (time-and-views.md, "Liveness", "Visibility").
namespace chancery {

/// How a later event names an earlier one. The values are part of the storage format.
enum class Relation : std::uint8_t {
  answers = 1,   ///< because_of
  disputes = 2,  ///< disputes
  corrects = 3,  ///< corrects, the event itself
  chain = 4,     ///< from the first event of a chain to each correction in it, in order
  retracts = 5,  ///< retracts
  supports = 6,  ///< supports
  mentions = 7,  ///< an id in `data`: letter, with, carries
};

struct Link {
  Position source = 0;  ///< the later event
  Visibility level = Visibility::public_;  ///< of the later event
};

/// What liveness needs to know of a ledger. All answers must include everything up to the position asked about.
class Links {
 public:
  virtual ~Links() = default;
  /// The events that name `target` so, in order of position.
  virtual std::vector<Link> links_to(Relation relation, Position target) const = 0;
  /// The level of the event at `position`, which exists.
  virtual Visibility level_of(Position position) const = 0;
};

/// From where one looks: nothing after `upto` is known, and nothing above `level` is seen.
struct Sight {
  Position upto = 0;
  Visibility level = Visibility::restricted;
};

/// Whether a retraction that is seen and not itself withdrawn withdraws the event at `position`.
bool withdrawn(const Links& links, Position position, Sight sight);
/// The standing retraction that withdraws it, the latest, if there is one.
std::optional<Position> withdrawn_by(const Links& links, Position position, Sight sight);
/// The event of the chain that begins at `chain` that is live: the seen one at the highest position that is not withdrawn.
std::optional<Position> live_of_chain(const Links& links, Position chain, Sight sight);
/// The first event of the chain that the level sees; none if it sees none up to `sight.upto`.
std::optional<Position> first_seen(const Links& links, Position chain, Sight sight);
/// The seen events of a chain up to `sight.upto`, in order of position.
std::vector<Position> seen_of_chain(const Links& links, Position chain, Sight sight);

}  // namespace chancery
