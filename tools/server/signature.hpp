#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// Signatures of webhooks (Standard Webhooks 1.0, symmetric).
namespace chancery::server {

/// `whsec_` and 32 random bytes in Base64.
std::string fresh_secret();
/// Whether a secret is taken: `whsec_` and 24 to 64 bytes in Base64, written as Base64 writes them. Fails with: refused, without repeating it.
Result<void> check_secret(std::string_view secret);
/// `v1,` and the HMAC-SHA256 of `ID.SECONDS.BODY` in Base64. Fails with: refused (a secret of another form; shorter and longer
/// ones than are taken sign all the same, for earlier versions took them).
Result<std::string> sign(std::string_view secret, std::string_view id, std::int64_t seconds, std::string_view body);

}  // namespace chancery::server
