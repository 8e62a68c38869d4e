#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace chancery::cli {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
/// Finds where a host and port are; waits for as long as it likes.
using LookUp = std::function<boost::system::error_code(const std::string& host, const std::string& port, Endpoints& found)>;

/// As the system's resolver does, which cannot be told to stop.
boost::system::error_code look_up_by_system(const std::string& host, const std::string& port, Endpoints& found);

/// So many look-ups of one process may be under way.
constexpr std::size_t look_ups_max = 64;

/// Waits for `look_up` until `deadline`; what it finds later is nobody's, and the thread that asks goes on alone. Fails with: timed_out,
/// host_not_found_try_again (too many are under way), and what `look_up` fails with.
boost::system::error_code look_up_until(std::chrono::steady_clock::time_point deadline, const std::string& host, const std::string& port, Endpoints& found,
                                        const LookUp& look_up = look_up_by_system);

}  // namespace chancery::cli
