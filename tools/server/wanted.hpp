#pragma once

#include <functional>

#include "tools/server/services.hpp"

/// What of a feed one reader wants.
namespace chancery::server {

bool wants_all(const Query& query);
bool matches_query(const Query& query, const Chunk::Item& item);

/// Calls `take` for stretches of a chunk after a position, with how many events each has: those that match, all without a query.
void for_each_wanted(const Chunk& chunk, Position after, const Query* query, const std::function<void(std::string_view, std::size_t)>& take);

/// The query of `type`, `stream`, `party`, `tag` and `measure`. Fails with: refused.
Result<Query> query_of(const Request& request);

/// The next changes of a view as Server-Sent Events, of about `events_max` events; moves `follow` on, and says how far the log goes. An
/// `id:` is POSITION/N: the N-th change by the commit that ends there. Throws MachineFailure.
std::string changes_as_events(Services& services, FollowView& follow, Visibility level, std::size_t events_max, Position& last);

}  // namespace chancery::server
