#include "projections/views/commitments.hpp"

#include <cassert>

#include "projections/views/status.hpp"

namespace chancery {
namespace {

struct End {
  const CommitmentEnded* data = nullptr;  ///< null: the event ends no commitment
  CommitmentStatus status = CommitmentStatus::fulfilled;
};

End end_of(const SeenEvent& event) {
  if (const auto* fulfilled = event.as<CommitmentFulfilled>()) return {fulfilled, CommitmentStatus::fulfilled};
  if (const auto* broken = event.as<CommitmentBroken>()) return {broken, CommitmentStatus::broken};
  if (const auto* withdrawn = event.as<CommitmentWithdrawn>()) return {withdrawn, CommitmentStatus::withdrawn};
  return {};
}

}  // namespace

void Commitments::keys(const SeenEvent& event, KeySink& sink) {
  if (const auto* made = event.as<CommitmentMade>()) sink.add(made->commitment.text);
  if (const auto* ended = end_of(event).data) sink.add(ended->commitment.text);
}

Commitments::State Commitments::apply(std::string_view key, const std::optional<State>& before,
                                      const SeenEvent& event) {
  const Recorded& recorded = event.recorded();
  State state = before.value_or(State{});
  state.commitment.text = key;
  if (const auto* made = event.as<CommitmentMade>()) {
    assert(!made->due || recorded.deadline);
    state.by = made->by;
    state.to = made->to;
    state.what = made->what;
    state.conditional_on = made->conditional_on;
    state.due = made->due;
    state.lapses_at = made->due ? recorded.deadline : std::nullopt;
    take_status(state, before, CommitmentStatus::open, recorded.event.occurred);
    return state;
  }
  const End end = end_of(event);
  assert(end.data);
  state.lapses_at.reset();
  take_status(state, before, end.status, recorded.event.occurred);
  return state;
}

std::optional<Lapse<Commitments::State>> Commitments::lapse(const State& state) {
  if (!state.lapses_at) return std::nullopt;
  assert(state.status == CommitmentStatus::open && state.due);
  Lapse<State> lapse{*state.lapses_at, state};
  lapse.state.lapses_at.reset();
  lapse.state.status = CommitmentStatus::overdue;
  lapse.state.since = state.due->text;
  return lapse;
}

}  // namespace chancery
