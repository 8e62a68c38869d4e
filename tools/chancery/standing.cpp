#include "tools/chancery/standing.hpp"

#include <algorithm>

#include "core/json/writer.hpp"

namespace chancery::cli {
namespace {

void sort_and_unite(std::vector<Position>& positions) {
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

}  // namespace

/// The first event of a chain, seen or not: what links lead to.
Position Standing::root_of(Position position) const { return value_or_throw(log_.head_at(position)).chain; }

Position Standing::chain_of(Position position) const {
  return first_seen(log_, root_of(position), reading_.sight).value_or(position);
}

std::vector<Position> Standing::members(Position chain) const { return seen_of_chain(log_, root_of(chain), reading_.sight); }

std::optional<Position> Standing::live(Position position) const {
  return live_of_chain(log_, root_of(position), reading_.sight);
}

Position Standing::teller(Position chain) const {
  const std::optional<Position> live = this->live(chain);
  return live ? *live : members(chain).back();
}

std::vector<Position> Standing::causes(const Recorded& event) const {
  std::vector<Position> chains;
  for (const Id& id : event.event.because_of) {
    if (const auto position = value_or_throw(log_.find(id))) chains.push_back(chain_of(*position));
  }
  sort_and_unite(chains);
  std::erase(chains, chain_of(event.position));
  return chains;
}

std::vector<Position> Standing::answers(Position chain) const {
  std::vector<Position> chains;
  for (const Position member : members(chain)) {
    for (const Link& link : log_.links_to(Relation::answers, member)) {
      if (link.source > reading_.sight.upto || link.level > reading_.sight.level) continue;
      const Position answer = chain_of(link.source);
      if (answer != chain && teller(answer) == link.source) chains.push_back(answer);
    }
  }
  sort_and_unite(chains);
  return chains;
}

std::vector<Position> Standing::naming(Relation relation, Position position) const {
  std::vector<Position> sources;
  for (const Link& link : log_.links_to(relation, position)) {
    if (link.source <= reading_.sight.upto && link.level <= reading_.sight.level && live(link.source) == link.source) {
      sources.push_back(link.source);
    }
  }
  return sources;
}

std::string id_of(const Reading& reading, Position position) { return value_or_throw(reading.ledger->at(position)).event.id.text; }

std::string id_json(const Reading& reading, std::optional<Position> position) {
  return position ? json_text(id_of(reading, *position)) : "null";
}

std::string ids_json(const Reading& reading, const std::vector<Position>& positions) {
  std::string json = "[";
  for (const Position position : positions) {
    if (json.size() > 1) json += ',';
    append_string(json, id_of(reading, position));
  }
  return json + ']';
}

}  // namespace chancery::cli
