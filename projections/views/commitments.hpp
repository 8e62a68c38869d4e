#pragma once

#include "projections/projection.hpp"

namespace chancery {

enum class CommitmentStatus : std::uint8_t { open, fulfilled, broken, withdrawn, overdue };
template <>
struct Words<CommitmentStatus> {
  static constexpr std::array<std::string_view, 5> list{"open", "fulfilled", "broken", "withdrawn", "overdue"};
};

/// Who undertook what, and whether it was done in time. Key: the commitment.
struct Commitments {
  static constexpr std::string_view name = "commitments";
  static constexpr std::uint32_t version = 1;

  struct State {
    Slug commitment;
    std::optional<Party> by, to;
    std::optional<std::string> what, conditional_on;
    std::optional<Date> due;           ///< stays when it has passed
    std::optional<Instant> lapses_at;  ///< only while open
    CommitmentStatus status = CommitmentStatus::open;
    std::string since;  ///< the occurred of the event that last changed the status or, once overdue, the due date
    bool operator==(const State&) const = default;
    static constexpr auto fields() {
      return std::tuple{shown("commitment", &State::commitment, "its name"),
                        shown("by", &State::by, "who undertook it"),
                        shown("to", &State::to, "to whom"),
                        shown("what", &State::what, "what is to be done"),
                        shown("conditional_on", &State::conditional_on, "on what condition"),
                        shown("due", &State::due, "EDTF: overdue after its end"),
                        shown("lapses_at", &State::lapses_at, "the instant after its end, while open"),
                        shown("status", &State::status, "what became of it"),
                        shown("since", &State::since, "when it became so")};
    }
  };

  static void keys(const SeenEvent& event, KeySink& sink);
  static State apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event);
  /// An open commitment is overdue from the instant after its due date.
  static std::optional<Lapse<State>> lapse(const State& state);
};

}  // namespace chancery
