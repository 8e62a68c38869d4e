#include "projections/seen.hpp"

#include "core/data_links.hpp"

namespace chancery {
namespace {

bool hidden(const Id& id, const Log& log, Visibility level) {
  const std::optional<Position> position = value_or_throw(log.find(id));
  return !position || log.level_of(*position) > level;
}

void drop_hidden(std::vector<Id>& ids, const Log& log, Visibility level) {
  std::erase_if(ids, [&](const Id& id) { return hidden(id, log, level); });
}

void drop_if_hidden(std::optional<Id>& id, const Log& log, Visibility level) {
  if (id && hidden(*id, log, level)) id.reset();
}

/// Follows `corrects` through hidden events to the first one that is seen.
std::optional<Id> corrects_as_seen(std::optional<Id> corrects, const Log& log, Visibility level) {
  while (corrects && hidden(*corrects, log, level)) {
    const std::optional<Position> position = value_or_throw(log.find(*corrects));
    if (!position) return std::nullopt;
    corrects = value_or_throw(log.at(*position)).event.corrects;
  }
  return corrects;
}

}  // namespace

std::string SeenThrough::id_of_first_seen(Position chain) const {
  const std::optional<Position> first = first_seen(log_, chain, {log_.last(), level_});
  if (!first) return {};
  return *first == recorded_.position ? recorded_.event.id.text : value_or_throw(log_.at(*first)).event.id.text;
}

std::string SeenThrough::chain_id() const { return id_of_first_seen(recorded_.chain); }

std::optional<std::string> SeenThrough::chain_id_of(const Id& id) const {
  const std::optional<Position> position = value_or_throw(log_.find(id));
  if (!position) return std::nullopt;
  const RecordHead head = value_or_throw(log_.head_at(*position));
  if (head.level > level_) return std::nullopt;
  return id_of_first_seen(head.chain);
}

Recorded as_seen(Recorded recorded, const Log& log, Visibility level) {
  if (level == Visibility::restricted) return recorded;
  recorded.revision = revision_not_seen;
  Event& event = recorded.event;
  drop_hidden(event.because_of, log, level);
  drop_hidden(event.disputes, log, level);
  drop_if_hidden(event.retracts, log, level);
  drop_if_hidden(event.supports, log, level);
  event.corrects = corrects_as_seen(std::move(event.corrects), log, level);
  if (auto* delivered = std::get_if<LetterDelivered>(&event.payload)) {
    if (hidden(delivered->letter, log, level)) delivered->letter.text.clear();
  } else if (auto* answered = std::get_if<LetterAnswered>(&event.payload)) {
    if (hidden(answered->letter, log, level)) answered->letter.text.clear();
    drop_if_hidden(answered->with, log, level);
  } else if (auto* flight = std::get_if<FlightFlown>(&event.payload)) {
    drop_if_hidden(flight->carries, log, level);
  }
  if (recorded.stream_level > level) event.stream = "actions";
  return recorded;
}

bool seen_alike(const Recorded& recorded, const Log& log, Visibility level) {
  const SeenThrough all(recorded, log, Visibility::restricted);
  const SeenThrough some(recorded, log, level);
  if (all.chain_id() != some.chain_id()) return false;
  for (const DataLink& link : data_links(recorded.event.payload)) {
    if (all.chain_id_of(*link.id) != some.chain_id_of(*link.id)) return false;
  }
  return true;
}

}  // namespace chancery
