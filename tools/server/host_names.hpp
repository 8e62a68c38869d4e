#pragma once

#include <string_view>

namespace chancery::server {

/// Whether a name may be looked up in the DNS: letters, digits, - and _ between its dots (RFC 1035, 2.3.4). One that ends with a dot is a
/// whole one.
bool is_host_name(std::string_view name);
/// The same, but of one that says who somebody is: no address, and no dot at its end, so that it is the same wherever it is compared.
bool names_a_host(std::string_view name);

}  // namespace chancery::server
