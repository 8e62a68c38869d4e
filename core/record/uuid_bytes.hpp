#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// UUIDs as the 16 bytes they are.
namespace chancery {

using UuidBytes = std::array<char, 16>;

/// The bytes of a UUID in the form that ids keep (8-4-4-4-12 digits, lower case); nothing for any other text.
std::optional<UuidBytes> uuid_bytes(std::string_view text);
/// The text of 16 bytes, so that `uuid_bytes` of it gives them back.
std::string uuid_text(std::string_view bytes);

}  // namespace chancery
