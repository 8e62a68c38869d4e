#pragma once

#include "tools/server/services.hpp"

namespace chancery::server {

/// Where a feed begins and what it wants, as the request tells: `after` or Last-Event-ID, and the filters. Fails with: refused.
Result<std::shared_ptr<FollowEvents>> feed_begin(const Services& services, const Exchange& exchange);

}  // namespace chancery::server
