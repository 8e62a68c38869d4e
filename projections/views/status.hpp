#pragma once

#include <optional>
#include <string>

namespace chancery {

/// Gives `next` a status; `since`, the `occurred` of the event that last changed it, moves only where `before` had
/// another or none.
template <class State, class Status>
void take_status(State& next, const std::optional<State>& before, Status status, const std::string& occurred) {
  if (!before || before->status != status) next.since = occurred;
  next.status = status;
}

}  // namespace chancery
