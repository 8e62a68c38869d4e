#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/ledger.hpp"

/// One durable, named reader of the log, or a group of them that share its work. Each event is handed out under a lease; what is not
/// acknowledged in time, or is sent back, comes again later, and after the last try is parked. An event is not handed out while one
/// before it in its stream is not done, so each stream is worked through in order.
namespace chancery::server {

using Moment = std::chrono::system_clock::time_point;

struct ConsumerSettings {
  Query query;                                         ///< what it wants
  Visibility level = Visibility::public_;              ///< nothing above it is handed out
  std::string owner;                                   ///< the token that made it; empty: the ledger's owner
  std::chrono::seconds lease{30};                      ///< for how long an event is handed out
  std::vector<std::chrono::seconds> backoff{std::chrono::seconds(1), std::chrono::seconds(5), std::chrono::seconds(30),
                                            std::chrono::seconds(300)};  ///< before the second, third, ... try
};

struct Parked {
  Position position = 0;
  std::uint32_t attempts = 0;
  std::string reason;
  Moment at{};
};

struct Handed {
  Position position = 0;
  std::uint32_t attempt = 1;
  std::string lease;  ///< what the acknowledgement names
  Recorded event;     ///< as the consumer's level sees it
};

/// Not for several threads at once.
class Consumer {
 public:
  Consumer(std::string name, ConsumerSettings settings, Position after) : name_(std::move(name)), settings_(std::move(settings)), position_(after), scanned_(after) {}
  /// Fails with: corrupt.
  static Result<Consumer> read(const std::string& name, const std::string& kept);
  /// What must be kept of it: all but leases, which a restart takes back.
  std::string kept() const;

  const std::string& name() const { return name_; }
  const ConsumerSettings& settings() const { return settings_; }
  /// All up to there is done: acknowledged, parked, or not wanted.
  Position position() const { return position_; }
  std::size_t leased(Moment now) const;
  const std::map<Position, Parked>& parked() const { return parked_; }
  const std::string& last_error() const { return last_error_; }
  std::optional<Moment> asked_at() const { return asked_at_; }
  /// When something that waits for its next try, or for its lease to end, can be handed out; nothing if nothing waits.
  std::optional<Moment> next_due() const;

  /// Hands out up to `most` events, none above `ceiling`. Throws MachineFailure. `changed` is set where what must be kept has changed.
  std::vector<Handed> next(const Ledger& ledger, Visibility ceiling, std::size_t most, Moment now, bool& changed);
  /// Fails with: conflict (the lease is over or was never given), after which the event comes again.
  Result<void> acknowledge(Position position, const std::string& lease, Moment now);
  /// All up to there, whatever is handed out: for a consumer that is one alone. Refused below its position. With `from`, conflict where
  /// it stands neither there nor at `position` already: somebody else moved it.
  Result<void> acknowledge_up_to(Position position, std::optional<Position> from = std::nullopt);
  /// It comes again after `delay`, or what the settings say; after the last try, or at once with `park`, it is parked.
  Result<void> send_back(Position position, const std::string& lease, const std::string& reason, std::optional<std::chrono::seconds> delay,
                         bool park, Moment now);
  /// Other settings from now on; what was looked at under the old ones is looked at again.
  void change(ConsumerSettings settings);
  /// A parked event comes once more, or never. Fails with: not_found.
  Result<void> replay_parked(Position position);
  Result<void> drop_parked(Position position);

 private:
  struct Item {
    std::string stream;
    std::uint32_t attempts = 0;
    Moment due{};        // not before
    std::string lease;   // empty: not handed out
    Moment lease_end{};
    bool done = false;
    bool again = false;  // was parked: behind the position
  };

  void scan(const Ledger& ledger, std::size_t wanted);
  void failed(Position position, Item& item, const std::string& reason, std::optional<std::chrono::seconds> delay, bool park, Moment now);
  void take_back_later(Position position, const std::string& stream);
  Result<Item*> find(Position position, const std::string& lease, Moment now);
  void advance();

  std::string name_;
  ConsumerSettings settings_;
  Position position_ = 0, scanned_ = 0;
  Position look_first_ = 0;         // so far the log is looked at before anything is handed out
  std::map<Position, Item> items_;  // wanted and not done, or done out of turn; with those that are to come again
  std::map<Position, Parked> parked_;
  std::string last_error_;
  std::optional<Moment> asked_at_;
};

}  // namespace chancery::server
