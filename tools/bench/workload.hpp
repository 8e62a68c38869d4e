#pragma once

#include <cstdint>
#include <string>

/// Made-up events for measuring: as long as real ones, valid, all different.
namespace chancery::bench {

/// One native JSON line of about 560 bytes, the same for the same number.
std::string event_line(std::uint64_t number);

}  // namespace chancery::bench
