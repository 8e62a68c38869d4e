#pragma once

#include "projections/projection.hpp"

namespace chancery {

/// Which flight carried whom. Key: the id of the first event of the flight's chain that the reader sees.
struct Flights {
  static constexpr std::string_view name = "flights";
  static constexpr std::uint32_t version = 1;
  static constexpr bool follows_links = true;

  struct State {
    Id flight;
    PartyOrText from, to;
    std::optional<Party> carrier, aircraft;
    std::vector<Party> escort;
    std::optional<Id> carries;
    std::optional<Range> passengers;
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("flight", &State::flight, "the key"),
                        shown("from", &State::from, "a party or text"),
                        shown("to", &State::to, "a party or text"),
                        shown("carrier", &State::carrier, "whose flight it was"),
                        shown("aircraft", &State::aircraft, "which aircraft"),
                        shown("escort", &State::escort, "who went with them"),
                        shown("carries", &State::carries, "id of the event whose people it carried"),
                        shown("passengers", &State::passengers, "how many were carried")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
