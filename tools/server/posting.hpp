#pragma once

#include "tools/server/services.hpp"

/// What a POST of events brings.
namespace chancery::server {

/// So many of the events that are bad are named.
constexpr std::size_t bad_events_named_max = 20;

/// The events of a body, each checked by itself, in order.
struct EventsIn {
  std::vector<Given> events;
  /// What is wrong, if anything is: with the body, or with each event, whose field says which (`[2].data.count`, or `line 3: data.count`).
  std::vector<Error> errors;
};
EventsIn events_in(const Request& request);

/// What the headers Expected-Revision and Condition say must hold. Fails with: refused.
///   Expected-Revision: N, none, exists or any, of the one stream of all the events; or a list of STREAM=REV joined by commas
///   Condition: a query as in GET /v1/events: type, stream, party, tag and measure, and `after`: no event that matches is after it
Result<Condition> condition_of(const Request& request, const std::vector<Given>& events);

enum class By : std::uint8_t {
  worker,
  io_thread,  ///< which commits them itself where the exchange says so
};
/// Records them as one commit and answers when they are on the disk. Does not wait.
void post_events(Services& services, const std::shared_ptr<Exchange>& exchange, By by);

}  // namespace chancery::server
