#include "tools/server/signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <vector>

namespace chancery::server {
namespace {

constexpr std::string_view secret_prefix = "whsec_";

std::string base64(const unsigned char* bytes, std::size_t count) {
  std::string text((count + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(count));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// Nothing where it is no base64.
std::vector<unsigned char> unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace

std::string fresh_secret() {
  std::array<unsigned char, 32> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw MachineFailure({ErrorKind::disk, "secret", "no random numbers", "a machine that has some"});
  }
  return std::string(secret_prefix) + base64(random.data(), random.size());
}

Result<std::string> sign(std::string_view secret, std::string_view id, std::int64_t seconds, std::string_view body) {
  const auto key = secret.starts_with(secret_prefix) ? unbase64(secret.substr(secret_prefix.size())) : std::vector<unsigned char>();
  if (key.size() < 16) return refused("secret", "no secret", "whsec_ and at least 16 bytes in base64");
  const std::string signed_text = fmt::format("{}.{}.{}", id, seconds, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &length);
  return "v1," + base64(digest.data(), length);
}

}  // namespace chancery::server
