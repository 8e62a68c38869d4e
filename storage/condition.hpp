#pragma once

#include "storage/ledger.hpp"
#include "storage/overlay.hpp"

namespace chancery {

using FirstMatch =
    std::function<Result<std::optional<Position>>(const Query&, Position after, const std::vector<Position>& except)>;

/// Whether what an append expects holds. Events of it that are known already count as if they were not there yet: the
/// append may be a retry of one that had half an effect on what it expects. Where all are known, nothing is expected.
/// Fails with: conflict (the actual revision or position).
Result<void> check_condition(const Condition& condition, const std::vector<Given>& events, const Overlay& overlay,
                             const LogReader& log, const FirstMatch& first_match);

/// Whether an event matches: any of each list that is not empty, all lists together. `stream` is as the reader sees it.
bool matches(const Query& query, const Event& event, std::string_view stream);

}  // namespace chancery
