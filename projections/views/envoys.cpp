#include "projections/views/envoys.hpp"

#include <cassert>

#include "projections/views/status.hpp"

namespace chancery {
namespace {

struct Change {
  const EnvoyChanged* data = nullptr;  ///< null: the event is none of an envoy
  EnvoyStatus status = EnvoyStatus::serving;
};

Change change_of(const SeenEvent& event) {
  if (const auto* appointed = event.as<EnvoyAppointed>()) return {appointed, EnvoyStatus::serving};
  if (const auto* recalled = event.as<EnvoyRecalled>()) return {recalled, EnvoyStatus::recalled};
  if (const auto* expelled = event.as<EnvoyExpelled>()) return {expelled, EnvoyStatus::expelled};
  return {};
}

}  // namespace

void Envoys::keys(const SeenEvent& event, KeySink& sink) {
  const auto* data = change_of(event).data;
  if (data) sink.add(data->sender.text + '@' + data->host.text + '/' + data->envoy.text);
}

Envoys::State Envoys::apply(std::string_view, const std::optional<State>& before, const SeenEvent& event) {
  const auto [data, status] = change_of(event);
  assert(data);
  State state = before.value_or(State{});
  state.envoy = data->envoy;
  state.sender = data->sender;
  state.host = data->host;
  if (data->rank) state.rank = data->rank;
  take_status(state, before, status, event.event().occurred);
  return state;
}

}  // namespace chancery
