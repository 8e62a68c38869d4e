#include "projections/views/sanctions.hpp"

#include <algorithm>
#include <cassert>

#include "projections/views/sets.hpp"

namespace chancery {
namespace {

using State = Sanctions::State;
using Temporary = Sanctions::Temporary;
using Things = std::vector<std::string>;

/// The sides that act, each as the party it acts on behalf of.
std::vector<Party> principals(const std::vector<Role>& roles) {
  std::vector<Party> parties;
  for (const Role& role : roles) parties.push_back(role.principal());
  return sorted_set(std::move(parties));
}

bool over(const State& state) {
  return state.status == MeasureStatus::lifted || state.status == MeasureStatus::expired;
}

State afresh(const Event& event) {
  State state;
  state.imposed_by = principals(event.actor);
  state.since = event.occurred;
  return state;
}

MeasureStatus status_of(const State& state) {
  if (!state.lifted.empty() && state.restrictions.empty()) return MeasureStatus::suspended;
  return state.lifted.empty() && state.exemptions.empty() ? MeasureStatus::active : MeasureStatus::eased;
}

/// Takes things out of every temporary entry; one that is left with nothing goes.
void strike(State& state, const Things& lifts, const Things& permits) {
  for (Temporary& entry : state.temporary) {
    subtract(entry.lifts, lifts);
    subtract(entry.permits, permits);
  }
  std::erase_if(state.temporary, [](const Temporary& entry) { return entry.lifts.empty() && entry.permits.empty(); });
}

void come_into_force(State& state, const Things& restrictions) {
  unite(state.restrictions, restrictions);
  subtract(state.lifted, restrictions);
  strike(state, restrictions, {});
}

/// Ends what the measure says; what ended it sets the status.
void empty(State& state) {
  state.restrictions.clear();
  state.lifted.clear();
  state.exemptions.clear();
  state.temporary.clear();
  state.lapses_at.reset();
}

/// What an imposition and an amendment may give alike.
template <class Data>
void take_terms(State& state, const Data& data) {
  if (data.programme) state.programme = data.programme;
  if (data.legal_basis) state.legal_basis = data.legal_basis;
  if (!data.target.empty()) state.target = sorted_set(data.target);
}

void take_expiry(State& state, const std::optional<Date>& expires, const Recorded& recorded) {
  assert(!expires || recorded.deadline);
  state.expires = expires;
  state.lapses_at = expires ? recorded.deadline : std::nullopt;
}

void impose(State& state, const SanctionImposed& data, const Recorded& recorded) {
  state.imposed_by = principals(recorded.event.actor);
  take_terms(state, data);
  take_expiry(state, data.expires, recorded);
  come_into_force(state, sorted_set(data.restrictions));
}

void revoke(State& state, const Things& revoked) {
  Things back = state.lifted;
  std::erase_if(back,
                [&](const std::string& thing) { return !std::binary_search(revoked.begin(), revoked.end(), thing); });
  subtract(state.exemptions, revoked);
  strike(state, revoked, revoked);
  come_into_force(state, back);
}

void amend(State& state, const SanctionAmended& data, const Recorded& recorded) {
  take_terms(state, data);
  if (data.expires) take_expiry(state, data.expires, recorded);
  if (!data.restrictions.empty()) {
    state.restrictions.clear();
    come_into_force(state, sorted_set(data.restrictions));
  }
  revoke(state, sorted_set(data.revokes));
}

/// The latest easing that names a thing decides how long it lasts, so the earlier ones forget it.
void ease(State& state, const SanctionEased& data, const Recorded& recorded) {
  const Things lifts = sorted_set(data.lifts), permits = sorted_set(data.permits);
  subtract(state.restrictions, lifts);
  unite(state.lifted, lifts);
  unite(state.exemptions, permits);
  strike(state, lifts, permits);
  if (!data.until || (lifts.empty() && permits.empty())) return;
  assert(recorded.deadline);
  state.temporary.push_back({*data.until, *recorded.deadline, lifts, permits});
}

State without_entry(State state, std::size_t index) {
  const Temporary entry = state.temporary[index];
  state.temporary.erase(state.temporary.begin() + static_cast<std::ptrdiff_t>(index));
  subtract(state.exemptions, entry.permits);
  come_into_force(state, entry.lifts);
  state.status = status_of(state);
  return state;
}

State expired(State state) {
  empty(state);
  state.status = MeasureStatus::expired;
  return state;
}

}  // namespace

void Sanctions::keys(const SeenEvent& event, KeySink& sink) {
  if (const auto* imposed = event.as<SanctionImposed>()) sink.add(imposed->measure.text);
  if (const auto* amended = event.as<SanctionAmended>()) sink.add(amended->measure.text);
  if (const auto* eased = event.as<SanctionEased>()) sink.add(eased->measure.text);
  if (const auto* lifted = event.as<SanctionLifted>()) sink.add(lifted->measure.text);
}

State Sanctions::apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event) {
  const Recorded& recorded = event.recorded();
  const bool lifting = event.as<SanctionLifted>() != nullptr;
  const bool starts_afresh = !before || (over(*before) && !lifting);
  State state = starts_afresh ? afresh(recorded.event) : *before;
  state.measure.text = key;
  if (lifting) {
    empty(state);
    state.expires.reset();
    state.status = MeasureStatus::lifted;
    return state;
  }
  if (const auto* imposed = event.as<SanctionImposed>()) {
    impose(state, *imposed, recorded);
  } else if (const auto* amended = event.as<SanctionAmended>()) {
    amend(state, *amended, recorded);
  } else {
    const auto* eased = event.as<SanctionEased>();
    assert(eased);
    if (starts_afresh) state.target = sorted_set(eased->target);
    ease(state, *eased, recorded);
  }
  state.status = status_of(state);
  return state;
}

std::optional<Lapse<State>> Sanctions::lapse(const State& state) {
  const auto& entries = state.temporary;
  const auto sooner = [](const Temporary& a, const Temporary& b) { return a.lapses_at < b.lapses_at; };
  const auto first = std::min_element(entries.begin(), entries.end(), sooner);
  // An expired measure has nothing left to lapse, so of the two at one instant the measure goes first.
  if (state.lapses_at && (first == entries.end() || *state.lapses_at <= first->lapses_at)) {
    return Lapse<State>{*state.lapses_at, expired(state)};
  }
  if (first == entries.end()) return std::nullopt;
  return Lapse<State>{first->lapses_at, without_entry(state, static_cast<std::size_t>(first - entries.begin()))};
}

}  // namespace chancery
