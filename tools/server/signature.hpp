#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// Signatures of webhooks (Standard Webhooks 1.0, symmetric).
namespace chancery::server {

/// `whsec_` and 32 random bytes in base64.
std::string fresh_secret();
/// `v1,` and the HMAC-SHA256 of `ID.SECONDS.BODY` in base64. Refused: a secret of another form.
Result<std::string> sign(std::string_view secret, std::string_view id, std::int64_t seconds, std::string_view body);

}  // namespace chancery::server
