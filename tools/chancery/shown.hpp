#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/chancery/standing.hpp"

namespace chancery::cli {

/// All that there is to say of one event as one reader sees it: whether it stands, and its links both ways. Positions, of what stands.
struct Shown {
  Recorded event;
  bool live = false;
  std::optional<Position> live_event, withdrawn_by;
  std::vector<Position> chain, because_of, answered_by, disputed_by, supported_by;
};

/// `position` is that of an event that is seen.
Shown shown_of(const Reading& reading, Position position);

/// The members of its JSON object, without braces (interfaces.md, `show`).
std::string members_of(const Reading& reading, const Shown& shown);

/// Names and values, as JSON, of what an event says of the world.
struct Fact {
  std::string name, json;
};
std::vector<Fact> facts_of(const Event& event);

/// How what is said of events is written: for a terminal, or as HTML.
struct Wording {
  std::string zone;
  std::function<std::string(std::string_view text)> text;
  std::function<std::string(std::string_view id)> event;
};

Wording wording_for_terminals(const std::string& zone);

/// When an event occurred: "13 December 2025 in Europe/Minsk"; empty for a record.*.
std::string when_in_words(const Event& event);

/// What became of an event, in a few words: withdrawn, corrected, disputed, and by which. Empty where it stands undisputed.
std::string note_in_words(const Standing& standing, const Reading& reading, Position position, const Wording& wording);

/// Whether an event stands and, if not, what says so, why and since when: a line each.
std::vector<std::string> standing_in_words(const Reading& reading, const Shown& shown, const Wording& wording);

}  // namespace chancery::cli
