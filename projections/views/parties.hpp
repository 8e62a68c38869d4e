#pragma once

#include <map>

#include "projections/projection.hpp"

namespace chancery {

/// Who or what each party is. Key: the party.
struct Parties {
  static constexpr std::string_view name = "parties";
  static constexpr std::uint32_t version = 1;

  /// Each field is the last one given, whole.
  struct State {
    Party party;
    std::optional<std::string> name;
    std::vector<std::string> aliases;
    std::vector<Country> nationality;
    std::vector<Party> affiliations;
    std::map<std::string, std::string> identifiers;
    std::vector<Party> same_as;
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("party", &State::party, "who is described"),
                        shown("name", &State::name, "the name people read"),
                        shown("aliases", &State::aliases, "other names"),
                        shown("nationality", &State::nationality, "ISO codes"),
                        shown("affiliations", &State::affiliations, "parties it belongs to"),
                        shown("identifiers", &State::identifiers, "scheme to id"),
                        shown("same_as", &State::same_as, "parties that are this one")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
