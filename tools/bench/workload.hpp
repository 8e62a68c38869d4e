#pragma once

#include <cstdint>
#include <string>

/// Made-up events for measuring: as long as real ones, valid, all different; 50 a day of the world, 15 in 100 up to 60 days late.
namespace chancery::bench {

/// One native JSON line of about 560 bytes, the same for the same number.
std::string event_line(std::uint64_t number);

}  // namespace chancery::bench
