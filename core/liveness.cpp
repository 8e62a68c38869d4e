#include "core/liveness.hpp"

namespace chancery {

std::optional<Position> withdrawn_by(const Links& links, Position position, Sight sight) {
  std::optional<Position> by;
  for (const Link& retraction : links.links_to(Relation::retracts, position)) {
    if (retraction.source > sight.upto) break;
    if (retraction.level <= sight.level && !withdrawn(links, retraction.source, sight)) by = retraction.source;
  }
  return by;
}

bool withdrawn(const Links& links, Position position, Sight sight) {
  return withdrawn_by(links, position, sight).has_value();
}

std::vector<Position> seen_of_chain(const Links& links, Position chain, Sight sight) {
  std::vector<Position> seen;
  if (chain <= sight.upto && links.level_of(chain) <= sight.level) seen.push_back(chain);
  for (const Link& correction : links.links_to(Relation::chain, chain)) {
    if (correction.source > sight.upto) break;
    if (correction.level <= sight.level) seen.push_back(correction.source);
  }
  return seen;
}

std::optional<Position> live_of_chain(const Links& links, Position chain, Sight sight) {
  const std::vector<Position> seen = seen_of_chain(links, chain, sight);
  for (auto event = seen.rbegin(); event != seen.rend(); ++event) {
    if (!withdrawn(links, *event, sight)) return *event;
  }
  return std::nullopt;
}

std::optional<Position> first_seen(const Links& links, Position chain, Sight sight) {
  const std::vector<Position> seen = seen_of_chain(links, chain, sight);
  return seen.empty() ? std::nullopt : std::optional(seen.front());
}

}  // namespace chancery
