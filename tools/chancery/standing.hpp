#pragma once

#include <optional>
#include <vector>

#include "tools/chancery/reading.hpp"

/// What stands, and how it hangs together, as one reader sees it. A correction stands in for what it corrects: links lead from
/// chain to chain and are told by the event of each that is live. A record.* is a chain of its own, live while it stands.
/// A chain is named by the position of its first event that the reader sees: an order of chains must not tell of hidden ones.
namespace chancery::cli {

class Standing {
 public:
  /// `reading` must outlive it.
  explicit Standing(const Reading& reading) : reading_(reading), log_(*reading.ledger) {}

  /// The chain of an event that is seen.
  Position chain_of(Position position) const;
  /// The live event of the chain of `position`, which is seen; nothing where all of it is withdrawn.
  std::optional<Position> live(Position position) const;
  /// The live event of a chain, else the last of it that is seen, which is withdrawn.
  Position teller(Position chain) const;

  /// The chains of which one names an event as its cause, by position; those that name only what does not stand are in it too.
  std::vector<Position> causes(const Recorded& event) const;
  /// The chains whose teller names an event of this chain as its cause, by position.
  std::vector<Position> answers(Position chain) const;
  /// The events that stand and name just this event so, by position.
  std::vector<Position> naming(Relation relation, Position position) const;
  /// The seen events of a chain, by position.
  std::vector<Position> members(Position chain) const;
  std::optional<Position> withdrawn_by(Position position) const { return chancery::withdrawn_by(log_, position, reading_.sight); }

 private:
  Position root_of(Position position) const;

  const Reading& reading_;
  const Log& log_;
};

/// The ids of the events at these positions, as a JSON list.
std::string ids_json(const Reading& reading, const std::vector<Position>& positions);
std::string id_of(const Reading& reading, Position position);
/// The id in quotes, null for nothing.
std::string id_json(const Reading& reading, std::optional<Position> position);

}  // namespace chancery::cli
