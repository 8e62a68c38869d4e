#include "projections/views/parties.hpp"

#include <cassert>

#include "projections/views/sets.hpp"

namespace chancery {
namespace {

template <class T>
void replace(std::vector<T>& list, const std::vector<T>& given) {
  if (!given.empty()) list = sorted_set(given);
}

}  // namespace

void Parties::keys(const SeenEvent& event, KeySink& sink) {
  if (const auto* data = event.as<PartyDescribed>()) sink.add(data->party.text);
}

Parties::State Parties::apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event) {
  const auto* data = event.as<PartyDescribed>();
  assert(data);
  State state = before.value_or(State{});
  state.party.text = key;
  if (data->name) state.name = data->name;
  replace(state.aliases, data->aliases);
  replace(state.nationality, data->nationality);
  replace(state.affiliations, data->affiliations);
  if (!data->identifiers.empty()) state.identifiers = data->identifiers;
  replace(state.same_as, data->same_as);
  return state;
}

}  // namespace chancery
