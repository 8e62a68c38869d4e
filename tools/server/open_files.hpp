#pragma once

#include <cstddef>

namespace chancery::server {

/// Raises the process's limit of open files as far as it may (setrlimit(2)), and gives how many connections, up to `wanted`, it then has
/// room for: each may have a file for its body, and the ledger must find files free whatever clients do.
std::size_t connections_with_room(std::size_t wanted);

}  // namespace chancery::server
