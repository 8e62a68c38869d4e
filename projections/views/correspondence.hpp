#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class LetterStatus : std::uint8_t { sent, delivered, answered };
template <>
struct Words<LetterStatus> {
  static constexpr std::array<std::string_view, 3> list{"sent", "delivered", "answered"};
};

/// What became of each letter. Key: the id of the first event of the letter's chain that the reader sees.
struct Correspondence {
  static constexpr std::string_view name = "correspondence";
  static constexpr std::uint32_t version = 1;
  static constexpr bool follows_links = true;

  struct State {
    Id letter;
    std::optional<Party> from, to;  ///< absent while only its delivery or answer is known
    std::optional<Medium> medium;
    std::vector<Ask> asks;  ///< as given
    std::optional<Party> carried_by;
    LetterStatus status = LetterStatus::sent;  ///< never goes back
    std::string since;
    std::optional<Party> delivered_by;
    std::optional<Id> answered_with;
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("letter", &State::letter, "the key"),
                        shown("from", &State::from, "who wrote it"),
                        shown("to", &State::to, "whom it is addressed to"),
                        shown("medium", &State::medium, "how it was sent"),
                        shown("asks", &State::asks, "what it asks for"),
                        shown("carried_by", &State::carried_by, "who carried it"),
                        shown("status", &State::status, "how far it got"),
                        shown("since", &State::since, "the occurred of the event that last changed the status"),
                        shown("delivered_by", &State::delivered_by, "who handed it over"),
                        shown("answered_with", &State::answered_with, "id of the event that is the answer")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
};

}  // namespace chancery
