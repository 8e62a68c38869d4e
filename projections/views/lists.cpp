#include "projections/views/lists.hpp"

#include <cassert>

namespace chancery {

void Lists::keys(const SeenEvent& event, KeySink& sink) {
  if (const auto* data = event.as<ListObserved>()) sink.add(data->list.text);
}

Lists::State Lists::apply(std::string_view, const std::optional<State>&, const SeenEvent& event) {
  const auto* data = event.as<ListObserved>();
  assert(data);
  return {data->list, data->entries, data->sha256, event.event().occurred};
}

}  // namespace chancery
