#include "projections/views/missions.hpp"

#include <cassert>

#include "projections/views/status.hpp"

namespace chancery {
namespace {

struct Change {
  const MissionChanged* data = nullptr;  ///< null: the event is none of a mission
  MissionStatus status = MissionStatus::open;
};

Change change_of(const SeenEvent& event) {
  if (const auto* opened = event.as<MissionOpened>()) return {opened, MissionStatus::open};
  if (const auto* suspended = event.as<MissionSuspended>()) return {suspended, MissionStatus::suspended};
  if (const auto* closed = event.as<MissionClosed>()) return {closed, MissionStatus::closed};
  return {};
}

}  // namespace

void Missions::keys(const SeenEvent& event, KeySink& sink) {
  const auto* data = change_of(event).data;
  if (data) sink.add(data->sender.text + '@' + data->host.text + '/' + data->city.text);
}

Missions::State Missions::apply(std::string_view, const std::optional<State>& before, const SeenEvent& event) {
  const auto [data, status] = change_of(event);
  assert(data);
  State state = before.value_or(State{});
  state.sender = data->sender;
  state.host = data->host;
  state.city = data->city;
  if (data->level) state.level = *data->level;
  take_status(state, before, status, event.event().occurred);
  return state;
}

}  // namespace chancery
