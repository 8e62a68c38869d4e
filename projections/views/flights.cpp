#include "projections/views/flights.hpp"

#include <cassert>

#include "projections/views/sets.hpp"

namespace chancery {

void Flights::keys(const SeenEvent& event, KeySink& sink) {
  if (event.as<FlightFlown>()) sink.add(event.chain_id());
}

Flights::State Flights::apply(std::string_view key, const std::optional<State>&, const SeenEvent& event) {
  const auto* data = event.as<FlightFlown>();
  assert(data);
  State state;
  state.flight.text = key;
  state.from = data->from;
  state.to = data->to;
  state.carrier = data->carrier;
  state.aircraft = data->aircraft;
  state.escort = sorted_set(data->escort);
  if (data->carries && event.sees(*data->carries)) state.carries = data->carries;
  if (data->passengers) state.passengers = Range{data->passengers->low, data->passengers->high};
  return state;
}

}  // namespace chancery
