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
constexpr std::size_t key_bytes_min = 24, key_bytes_max = 64;  // Standard Webhooks, "Signature scheme"
constexpr std::size_t key_bytes_signing = 16;

constexpr std::size_t base64_bytes(std::size_t count) { return (count + 2) / 3 * 4; }

std::string base64(const unsigned char* bytes, std::size_t count) {
  std::string text(base64_bytes(count) + 1, '\0');
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

Result<void> check_secret(std::string_view secret) {
  const auto bad = [](std::string found) { return refused("secret", std::move(found), fmt::format("{} and {} to {} bytes in Base64", secret_prefix, key_bytes_min, key_bytes_max)); };
  if (!secret.starts_with(secret_prefix)) return bad(fmt::format("a text that does not begin with {}", secret_prefix));
  const std::string_view text = secret.substr(secret_prefix.size());
  if (text.size() > base64_bytes(key_bytes_max)) return bad(fmt::format("{} characters after {}", text.size(), secret_prefix));
  const auto key = unbase64(text);
  // Others may read leniently written Base64 as another key, or not at all.
  if (key.empty() || base64(key.data(), key.size()) != text) return bad("no Base64");
  if (key.size() < key_bytes_min || key.size() > key_bytes_max) return bad(fmt::format("{} bytes", key.size()));
  return {};
}

Result<std::string> sign(std::string_view secret, std::string_view id, std::int64_t seconds, std::string_view body) {
  const auto key = secret.starts_with(secret_prefix) ? unbase64(secret.substr(secret_prefix.size())) : std::vector<unsigned char>();
  if (key.size() < key_bytes_signing) return refused("secret", "no secret", fmt::format("{} and at least {} bytes in Base64", secret_prefix, key_bytes_signing));
  const std::string signed_text = fmt::format("{}.{}.{}", id, seconds, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest.data(), &length);
  return "v1," + base64(digest.data(), length);
}

}  // namespace chancery::server
