#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tools/server/config.hpp"
#include "tools/server/consumers.hpp"
#include "tools/server/tokens.hpp"
#include "tools/server/turns.hpp"
#include "tools/server/webhook.hpp"

namespace chancery::server {

/// Sends events to others: each webhook is a consumer whose events are POSTed as CloudEvents with a Standard Webhooks signature.
/// One that answers with 2xx has it; with 410 the webhook stops; with anything else the event comes again on the schedule, and is
/// parked after the last try. Before the first, the other side is asked whether it wants them, and how many a minute (CloudEvents, HTTP 1.1
/// Web Hooks, section 4): more it is not sent, nor anything before the moment that an answer of 429 or 503 names in Retry-After.
class Webhooks {
 public:
  Webhooks(Ledger& ledger, const Config& config, const Tokens& tokens);
  ~Webhooks();
  /// Reads what is kept; secrets that sign no longer are kept no longer. Who permitted another origin to send is asked again.
  /// Fails with: corrupt, disk.
  Result<void> load();

  struct Wanted {
    std::optional<std::string> url, secret;  ///< those that it has, or must have and a fresh one, unless told
    ConsumerSettings settings;
    Position after = 0;  ///< where a new one begins
  };
  struct Put {
    Webhook webhook;
    bool fresh = false;
  };
  /// Makes it, or changes it: its position and its owner stay, and whoever else changes it, it is sent what its owner may see. A secret that
  /// is replaced goes on signing for a while, unless the URL is another too.
  /// Fails with: conflict (`may_use` says no of the one that is there; its owner has as many as it can have), refused (the URL or the
  /// secret), disk.
  Result<Put> put(const std::string& name, Wanted wanted, const MayUse& may_use);
  /// Fails with: not_found (also where `may_use` says no), disk.
  Result<void> remove(const std::string& name, const MayUse& may_use);
  std::optional<Webhook> find(const std::string& name) const { return all_.copy_of(name); }
  std::vector<Webhook> list() const;
  Consumers& consumers() { return consumers_; }

  /// Sends what is due, and has secrets that sign no longer forgotten; cheap, any thread.
  void look();
  /// Begins nothing more, and waits for what is under way.
  void stop();

 private:
  struct Sent {
    int status = 0;
    std::string why;
    std::optional<std::chrono::seconds> retry_after;
  };

  enum class Next : std::uint8_t { none, sent, failed };
  using Clock = std::chrono::steady_clock;
  static std::optional<std::chrono::seconds> wait_of(const Consumer& consumer, const Handed& handed, const Sent& sent);

  void begin_turns();
  void look_at(Clock::time_point when);
  void forget_outdated(const std::vector<std::string>& names);
  void run(const std::string& name);
  bool take_turn(const std::string& name);
  bool ask(Webhook& webhook, const Where& where);
  Next send_next(const Webhook& webhook, const Where& where);
  Sent post(const Webhook& webhook, const Where& where, const Handed& handed) const;
  Result<void> make(const Webhook& webhook, Wanted& wanted, bool fresh);
  Result<void> keep(const Webhook& webhook);
  void change(const Webhook& looked_at, const std::function<void(Webhook&)>& act);
  void set_state(const Webhook& looked_at, Webhook::State state, const std::string& reason);
  Result<std::optional<Visibility>> level_of_owner(const Webhook& webhook) const;

  Ledger& ledger_;
  const Config& config_;
  const Tokens& tokens_;
  const std::string origin_;  // by which name the other side is asked for its permission
  // Whoever holds a webhook may hold its consumer, which has the same name.
  Named<Webhook> all_{"webhooks"};
  Consumers consumers_;
  std::mutex mutex_;  // of turns_, the alarm and forget_again_; who has it may take the map's of all_, and waits for nothing else
  Turns turns_;
  std::atomic<bool> stopping_{false};
  boost::asio::thread_pool couriers_;
  boost::asio::steady_timer alarm_{couriers_};  // looks when one that waits for its slot may be sent to again
  std::optional<Clock::time_point> alarm_at_;
  Clock::time_point forget_again_{};  // no sooner: where it cannot be written, it is not tried with each commit
};

}  // namespace chancery::server
