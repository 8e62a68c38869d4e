#pragma once

#include <functional>

#include "core/event.hpp"

namespace chancery {

/// Calls `visit` for every party an event names anywhere: actor, recipient, whom they act for, and each party in `data`, with text that
/// is a party. The same party may come more than once.
void for_each_party(const Event& event, const std::function<void(std::string_view)>& visit);

/// The measure that a sanction's payload is about, the list of a list.observed not included; empty for other types.
std::string_view measure_of(const Payload& payload);

}  // namespace chancery
