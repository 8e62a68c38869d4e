#include "tools/chancery/shown.hpp"

#include <fmt/format.h>

#include "core/json/raw.hpp"
#include "core/json/write_fields.hpp"
#include "tools/format/cells.hpp"
#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"

namespace chancery::cli {
namespace {

/// The live events of chains; those of which all is withdrawn are left out.
std::vector<Position> live_of(const Standing& standing, const std::vector<Position>& chains) {
  std::vector<Position> live;
  for (const Position chain : chains) {
    const Position teller = standing.teller(chain);
    if (standing.live(teller) == teller) live.push_back(teller);
  }
  return live;
}

/// The ids of these events, joined by commas.
std::string events_in_words(const Reading& reading, const std::vector<Position>& positions, const Wording& wording) {
  std::string words;
  for (const Position position : positions) words += (words.empty() ? "" : ", ") + wording.event(id_of(reading, position));
  return words;
}

/// When an event was recorded, and by whom.
std::string recorded_in_words(const Recorded& seen, const Wording& wording) {
  const std::string at = local_time(format_instant(seen.recorded_at), wording.zone).value_or("");
  return fmt::format("{} ({}){}", at, wording.zone, seen.recorded_by ? " by " + wording.text(*seen.recorded_by) : std::string());
}

}  // namespace

Shown shown_of(const Reading& reading, Position position) {
  const Standing standing(reading);
  Shown shown;
  shown.event = event_at(reading, position);
  const std::optional<Position> live = standing.live(position);
  shown.live = live == position;
  if (!shown.event.event.about_record()) {
    shown.live_event = live;
    shown.chain = standing.members(shown.event.position);
  }
  shown.withdrawn_by = standing.withdrawn_by(position);
  shown.because_of = live_of(standing, standing.causes(shown.event));
  shown.answered_by = live_of(standing, standing.answers(standing.chain_of(shown.event.position)));
  shown.disputed_by = standing.naming(Relation::disputes, position);
  shown.supported_by = standing.naming(Relation::supports, position);
  return shown;
}

std::string members_of(const Reading& reading, const Shown& shown) {
  const std::string object = json_object({{"event", event_json(shown.event)},
                                          {"live", shown.live ? "true" : "false"},
                                          {"live_event", id_json(reading, shown.live_event)},
                                          {"chain", ids_json(reading, shown.chain)},
                                          {"withdrawn_by", id_json(reading, shown.withdrawn_by)},
                                          {"because_of", ids_json(reading, shown.because_of)},
                                          {"answered_by", ids_json(reading, shown.answered_by)},
                                          {"disputed_by", ids_json(reading, shown.disputed_by)},
                                          {"supported_by", ids_json(reading, shown.supported_by)}});
  return object.substr(1, object.size() - 2);
}

std::vector<Fact> facts_of(const Event& event) {
  std::vector<Fact> facts;
  const auto add = [&](std::string_view name, const auto& value) {
    std::string json;
    write_json(json, value);
    if (json != "null" && json != "[]") facts.push_back({std::string(name), std::move(json)});
  };
  add("actor", event.actor);
  add("recipient", event.recipient);
  add("place", event.place);
  std::string data;
  write_json(data, event.payload);
  for (RawItems items(data); items.next();) facts.push_back({unescaped(items.key()), std::string(items.value())});
  add("coding", event.coding);
  add("tags", event.tags);
  if (!event.ext.empty()) facts.push_back({"ext", event.ext.text});
  if (event.level() != Visibility::public_) facts.push_back({"visibility", json_text(word(event.level()))});
  return facts;
}

Wording wording_for_terminals(const std::string& zone) {
  return {zone, [](std::string_view text) { return harmless(text); }, [](std::string_view id) { return std::string(id); }};
}

std::string when_in_words(const Event& event) {
  if (event.occurred.empty()) return {};
  return date_in_words(event.occurred) + (event.zone_name() == "UTC" ? std::string() : " in " + std::string(event.zone_name()));
}

std::string note_in_words(const Standing& standing, const Reading& reading, Position position, const Wording& wording) {
  std::string note;
  if (const auto by = standing.withdrawn_by(position)) {
    note = "withdrawn by " + wording.event(id_of(reading, *by));
  } else if (const auto live = standing.live(position); live && live != position) {
    note = "corrected by " + wording.event(id_of(reading, *live));
  }
  const std::vector<Position> disputes = standing.naming(Relation::disputes, position);
  if (!disputes.empty()) note += (note.empty() ? "" : "; ") + ("disputed by " + events_in_words(reading, disputes, wording));
  return note;
}

std::vector<std::string> standing_in_words(const Reading& reading, const Shown& shown, const Wording& wording) {
  if (shown.live) return {shown.event.event.about_record() ? "yes, it stands" : "yes"};
  std::vector<std::string> lines;
  if (shown.withdrawn_by) {
    const Recorded by = event_at(reading, *shown.withdrawn_by);
    const auto* retraction = by.event.as<RecordRetracted>();
    lines.push_back("no: withdrawn by " + wording.event(by.event.id.text) + (retraction ? ": " + wording.text(retraction->reason) : std::string()));
    lines.push_back("on " + recorded_in_words(by, wording));
    if (shown.live_event) lines.push_back("now said by " + wording.event(id_of(reading, *shown.live_event)));
  } else if (shown.live_event) {
    lines.push_back("no: replaced by " + wording.event(id_of(reading, *shown.live_event)));
    lines.push_back("on " + recorded_in_words(event_at(reading, *shown.live_event), wording));
  } else {
    lines.push_back("no");
  }
  return lines;
}

}  // namespace chancery::cli
