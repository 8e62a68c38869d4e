#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// UUIDs as text: 8-4-4-4-12 hexadecimal digits in lower case (RFC 9562).
namespace chancery {

/// The UUIDv5 of `name` in the namespace of events (events.md, `id`): equal names, equal UUIDs. Cost: about 1 us a
/// kilobyte.
std::string uuid_of_name(std::string_view name);

/// A UUIDv7: the milliseconds since 1970 (48 bits are used), then 74 of the random bits.
std::string uuid_of_time(std::uint64_t unix_milliseconds, const std::array<std::uint8_t, 10>& random);

/// A UUIDv7 of now and of the system's random numbers, never given before.
std::string fresh_uuid();

}  // namespace chancery
