#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/server/consumer.hpp"

/// One webhook by itself: where it sends to, how that is signed, how fast it may, and how all this is kept in the ledger.
namespace chancery::server {

/// The longest URL that is taken.
constexpr std::size_t url_bytes_max = 2048;
/// For so long a secret that was replaced goes on signing, beside the one that replaced it (Standard Webhooks, "Webhook headers").
constexpr std::chrono::hours former_signs_for{24};
/// So many that were replaced sign at once; of more the oldest signs no longer.
constexpr std::size_t former_max = 3;

/// One that has not said yet that it wants events is asked again after so long, then after twice as long each time, up to the last.
constexpr std::chrono::seconds ask_again_after{30}, ask_again_after_most{3600};
/// Secrets that sign no longer are looked for so often.
constexpr std::chrono::seconds forget_again_after{30};

struct FormerSecret {
  std::string secret;
  Moment until;
};

struct Webhook {
  enum class State : std::uint8_t {
    asking,   ///< the other side has not said yet that it wants events
    sending,
    stopped,  ///< it said that it is gone, or cannot be sent to; put again, it goes on
  };
  std::string name, url, secret, owner;
  State state = State::asking;
  std::string reason = {};                ///< why it is not sending
  std::string origin = {};                ///< to whom, by name, the other side said that it wants events
  std::vector<FormerSecret> former = {};  ///< the newest first
  std::optional<std::uint64_t> rate = {};  ///< so many requests a minute the other side allows; nothing: it sets no limit

  // These are not kept. A restart asks at once, and lets a whole slot of the rate pass first: when the last was sent is not known then.
  std::chrono::steady_clock::time_point ask_again{};   ///< the other side is asked no sooner
  std::uint32_t asked_in_vain = 0;                     ///< so many times in a row
  std::chrono::steady_clock::time_point not_before{};  ///< nothing is sent sooner

  /// As it is kept: JSON. Fails with: corrupt.
  std::string kept() const;
  static Result<Webhook> read(const std::string& name, const std::string& kept, const Now& now);

  /// Another secret signs from now on; the one before it goes on for former_signs_for.
  void change_secret(std::string fresh, Moment now);
  /// With which it is signed: its own first, then those of the former that still do.
  std::vector<std::string_view> secrets(Moment now) const;
  /// Whether there are former ones that sign no longer; drop_outdated() forgets them.
  bool has_outdated(Moment now) const {
    return std::any_of(former.begin(), former.end(), [&](const FormerSecret& one) { return one.until <= now; });
  }
  void drop_outdated(Moment now) {
    std::erase_if(former, [&](const FormerSecret& one) { return one.until <= now; });
  }
  /// The other side was asked in vain: for how long it is not asked again. `share` is 0 to 1, of a quarter of that by which it is asked
  /// sooner: many that were asked at once are not all asked at once again.
  void wait_to_ask(std::chrono::steady_clock::time_point now, double share);
  /// One is sent now: the next is not before the rate allows it.
  void take_slot(std::chrono::steady_clock::time_point now);
  /// Nothing is sent for so long.
  void pause(std::chrono::steady_clock::duration pause, std::chrono::steady_clock::time_point now) { not_before = std::max(not_before, now + pause); }
};
std::string_view state_name(Webhook::State state);

/// Where a URL leads, as a client of HTTP is told.
struct Where {
  std::string base;    ///< SCHEME://HOST:PORT
  std::string target;  ///< the path and the query
};
/// Fails with: refused (what nothing can ever be sent to: another scheme, no host, a host or a port that cannot be, a user, a fragment).
Result<Where> where_of(const std::string& url);
/// Whether a URL is taken. Fails with: refused, and does so also where it is too long.
Result<void> check_url(const std::string& url);

/// What an answer to OPTIONS says (CloudEvents, HTTP 1.1 Web Hooks, 4.2).
struct Consent {
  bool given = false;
  std::string why_not;                 ///< in words for whoever set the other side up
  std::optional<std::uint64_t> rate;   ///< requests a minute; nothing: no limit
};
/// `allowed_origin` and `allowed_rate` are its headers, empty where there is none; `origin` is who asked.
Consent consent_of(int status, std::string_view allowed_origin, std::string_view allowed_rate, std::string_view origin);

/// How long a header Retry-After asks to wait: seconds, or until a date (RFC 9110, 10.2.3), longest_wait at most. Nothing: it says neither.
std::optional<std::chrono::seconds> retry_after_of(const std::string& header, Moment now);

}  // namespace chancery::server
