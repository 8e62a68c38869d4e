#include "projections/views/estimates.hpp"

#include <cassert>

namespace chancery {

void Estimates::keys(const SeenEvent& event, KeySink& sink) {
  const auto* data = event.as<PrisonersEstimated>();
  if (!data) return;
  sink.add(data->holder.text + '/' + (data->claimed_by ? data->claimed_by->text : "-") + '/' +
           data->category.value_or("-"));
}

Estimates::State Estimates::apply(std::string_view, const std::optional<State>&, const SeenEvent& event) {
  const auto* data = event.as<PrisonersEstimated>();
  assert(data);
  return {data->holder, data->claimed_by, data->category, data->count.low, data->count.high, event.event().occurred};
}

}  // namespace chancery
