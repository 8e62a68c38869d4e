#pragma once

#include <string>
#include <vector>

namespace chancery::server {

/// Whether a webhook may be sent to an address: one of the public internet, or of a network that is allowed (CIDR). Loopback, private,
/// link-local, shared, multicast, documentation and unspecified addresses are not of it (RFC 6890), in IPv6 and mapped into it neither.
bool may_reach(const std::string& address, const std::vector<std::string>& allowed);

}  // namespace chancery::server
