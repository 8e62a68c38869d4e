#pragma once

#include <cstddef>

/// The ledger must find files free whatever clients do.
namespace chancery::server {

/// Raises the process's limit of open files as far as it may (setrlimit(2)), and gives how many connections, up to `wanted`, it then has
/// room for.
std::size_t connections_with_room(std::size_t wanted);
/// Whether a file that was just opened for a client leaves the ledger enough: numbers are given lowest first, so its own tells how many
/// are open.
bool leaves_room(int descriptor);

}  // namespace chancery::server
