#pragma once

#include "storage/ledger.hpp"
#include "storage/overlay.hpp"

namespace chancery {

using FirstMatch = std::function<Result<std::optional<Position>>(const Query&, Position after)>;

/// Whether what an append expects holds. Where all its events are known already, it is a retry, and nothing is expected. A revision is also
/// right if it is that before events of the append itself, at the end of their stream. A query makes no such difference: what is known
/// already may have been recorded by somebody else, who was faster. Cost: a look-up for each event and each stream that is named.
/// Fails with: conflict (the actual revision or position).
Result<void> check_condition(const Condition& condition, const std::vector<Given>& events, const Overlay& overlay,
                             const LogReader& log, const FirstMatch& first_match);

/// Whether an event matches: any of each list that is not empty, all lists together. `stream` is as the reader sees it.
bool matches(const Query& query, const Event& event, std::string_view stream);

}  // namespace chancery
