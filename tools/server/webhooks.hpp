#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/server/config.hpp"
#include "tools/server/consumers.hpp"
#include "tools/server/tokens.hpp"

namespace chancery::server {

/// Sends events to others: each webhook is a consumer whose events are POSTed as CloudEvents with a Standard Webhooks signature.
/// One that answers with 2xx has it; with 410 the webhook stops; with anything else the event comes again on the schedule, and is
/// parked after the last try. Before the first, the other side is asked whether it wants them (CloudEvents HTTP 1.1 webhook, section 4).
struct Webhook {
  enum class State : std::uint8_t {
    asking,   ///< has not said yet that it wants them
    sending,
    stopped,  ///< it said that it is gone; put again, it goes on
  };
  std::string name, url, secret, owner;
  State state = State::asking;
  std::string reason;  ///< why it is not sending
};
std::string_view state_name(Webhook::State state);

class Webhooks {
 public:
  Webhooks(Ledger& ledger, const Config& config, const Tokens& tokens);
  /// By which name the other side is asked for its permission.
  void call_oneself(std::string origin) { source_ = std::move(origin); }
  ~Webhooks();
  Result<void> load();

  /// Makes it, or changes it; its position stays. True: it is new. Fails with: refused (the URL), disk.
  Result<bool> put(Webhook webhook, ConsumerSettings settings, Position after);
  Result<void> remove(const std::string& name);
  std::optional<Webhook> find(const std::string& name) const;
  std::vector<Webhook> list() const;
  Consumers& consumers() { return consumers_; }

  /// Sends what is due; cheap, any thread.
  void look();
  /// Begins nothing more, and waits for what is under way.
  void stop();

 private:
  struct One {
    Webhook webhook;
    std::chrono::steady_clock::time_point ask_again{};
  };
  struct Sent {
    int status = 0;
    std::string why;
    std::optional<std::chrono::seconds> retry_after;
  };

  void run(const std::string& name);
  bool ask(Webhook& webhook);
  bool send_next(const Webhook& webhook);
  Sent post(const Webhook& webhook, const Handed& handed) const;
  Result<void> keep(const Webhook& webhook);
  void set_state(const Webhook& webhook, Webhook::State state, const std::string& reason);
  Result<std::optional<Visibility>> level_of_owner(const Webhook& webhook) const;

  Ledger& ledger_;
  const Config& config_;
  const Tokens& tokens_;
  std::string source_ = "chancery";
  Consumers consumers_;
  mutable std::mutex mutex_;
  std::map<std::string, One, std::less<>> all_;
  std::set<std::string, std::less<>> busy_;  // a courier is on its way for it
  std::atomic<bool> stopping_{false};
  boost::asio::thread_pool couriers_;
};

}  // namespace chancery::server
