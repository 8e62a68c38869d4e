#include "projections/views/licences.hpp"

#include <cassert>

#include "projections/views/sets.hpp"
#include "projections/views/status.hpp"

namespace chancery {
namespace {

using State = Licences::State;

State eased(State state, const std::optional<State>& before, const SanctionEased& data, const Recorded& recorded) {
  assert(!data.until || recorded.deadline);
  state.measure = data.measure;
  state.instrument = *data.instrument;
  state.lifts = sorted_set(data.lifts);
  state.permits = sorted_set(data.permits);
  state.until = data.until;
  state.lapses_at = data.until ? recorded.deadline : std::nullopt;
  take_status(state, before, LicenceStatus::in_force, recorded.event.occurred);
  return state;
}

State amended(State state, const std::optional<State>& before, const SanctionAmended& data, const Event& event) {
  state.measure = data.measure;
  state.instrument = *data.instrument;
  const std::vector<std::string> revoked = sorted_set(data.revokes);
  subtract(state.lifts, revoked);
  subtract(state.permits, revoked);
  const bool in_force = before && before->status == LicenceStatus::in_force;
  if (!before || (in_force && state.lifts.empty() && state.permits.empty())) {
    state.lapses_at.reset();
    take_status(state, before, LicenceStatus::revoked, event.occurred);
  }
  return state;
}

}  // namespace

void Licences::keys(const SeenEvent& event, KeySink& sink) {
  const auto* easing = event.as<SanctionEased>();
  if (easing && easing->instrument) sink.add(easing->measure.text + '#' + *easing->instrument);
  const auto* amendment = event.as<SanctionAmended>();
  if (amendment && amendment->instrument && !amendment->revokes.empty()) {
    sink.add(amendment->measure.text + '#' + *amendment->instrument);
  }
}

State Licences::apply(std::string_view, const std::optional<State>& before, const SeenEvent& event) {
  if (const auto* easing = event.as<SanctionEased>()) {
    return eased(before.value_or(State{}), before, *easing, event.recorded());
  }
  const auto* amendment = event.as<SanctionAmended>();
  assert(amendment);
  return amended(before.value_or(State{}), before, *amendment, event.event());
}

std::optional<Lapse<State>> Licences::lapse(const State& state) {
  if (!state.lapses_at) return std::nullopt;
  assert(state.status == LicenceStatus::in_force && state.until);
  Lapse<State> lapse{*state.lapses_at, state};
  lapse.state.lapses_at.reset();
  lapse.state.status = LicenceStatus::expired;
  lapse.state.since = state.until->text;
  return lapse;
}

}  // namespace chancery
