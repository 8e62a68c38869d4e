#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "core/json/canonical.hpp"
#include "core/json/event_json.hpp"

namespace chancery {
namespace {

constexpr std::size_t sha256_bytes = 32;

/// OpenSSL looks the algorithm up by name at each call that is not told it: once is enough.
std::array<std::uint8_t, sha256_bytes> sha256(std::string_view text) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<std::uint8_t, sha256_bytes> digest{};
  const bool good = algorithm != nullptr && context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!good) throw std::runtime_error("OpenSSL has no SHA-256");
  return digest;
}

void make_exact(std::optional<Decimal>& decimal) {
  if (decimal) decimal->text = exact_number(decimal->text);
}

void make_exact(Json& json) {
  if (json.empty()) return;
  std::string exact;
  append_exact(exact, json.text);
  json.text = std::move(exact);
}

/// Whether equal contents may differ in how they are written, beyond what reading has made equal.
bool has_spellings(const Event& event) {
  return event.zone == "UTC" || event.visibility == Visibility::public_ || !event.ext.empty() ||
         event.as<ActionObserved>() != nullptr || (event.place && (event.place->lat || event.place->lon)) ||
         (event.coding && event.coding->goldstein);
}

/// The one spelling of a content. The order of typed fields is that of the tables.
Event in_one_spelling(Event event) {
  if (event.zone == "UTC") event.zone.reset();
  if (event.visibility == Visibility::public_) event.visibility.reset();
  make_exact(event.ext);
  if (auto* observed = std::get_if<ActionObserved>(&event.payload)) make_exact(observed->rest);
  if (event.place) {
    make_exact(event.place->lat);
    make_exact(event.place->lon);
  }
  if (event.coding) make_exact(event.coding->goldstein);
  return event;
}

}  // namespace

std::array<std::uint8_t, 16> content_digest(const Event& event) {
  std::string text;
  write_event(text, has_spellings(event) ? in_one_spelling(event) : event);
  const auto whole = sha256(text);
  std::array<std::uint8_t, 16> half{};
  std::copy_n(whole.begin(), half.size(), half.begin());
  return half;
}

}  // namespace chancery
