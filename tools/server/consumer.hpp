#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger.hpp"

/// One durable, named reader of the log, or a group of them that share its work. Each event is handed out under a lease; what is not
/// acknowledged in time, or is sent back, comes again later, and after the last try is parked. An event is not handed out while one
/// before it in its stream is not done, so each stream is worked through in order.
namespace chancery::server {

using Moment = std::chrono::system_clock::time_point;

/// When something happens. How long it is until something else is told by `steady` alone, which nobody sets; `system` is what is kept.
struct Now {
  std::chrono::steady_clock::time_point steady;
  Moment system;
  static Now read() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }
};

/// The longest that an event is leased, or waits for its next try.
constexpr std::chrono::hours longest_wait{24};
/// With so many parked it stops, until some are replayed or dropped; beyond them only what was under way then is parked.
constexpr std::size_t parked_max = 10'000;
/// A position that only passed over what is not wanted is kept when it is so far from the one that is.
constexpr Position passed_over_max = 10'000;

/// What is told as a consumer by one that acknowledges up to a position: the same whenever it goes on.
struct Follows {
  std::string view;  ///< the changes of its rows; empty: events
  Visibility level = Visibility::public_;
  bool operator==(const Follows&) const = default;
};

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

/// One event that was handed out, as it is spoken of afterwards.
struct Lease {
  Position position = 0;
  std::string lease;
};

struct Handed {
  Position position = 0;
  std::uint32_t attempt = 1;
  std::string lease;  ///< what the acknowledgement names
  Recorded event;     ///< as the consumer's level sees it
};

/// What is kept of an event, beside the consumer itself.
enum class Beside : std::uint8_t {
  tried,  ///< tried and not done, done out of turn, to come again, or under a lease when the server ended
  parked,
};
/// What the names begin with under which it is kept; after that comes the consumer's own.
std::string_view beside_prefix(Beside what);

/// Not for several threads at once.
class Consumer {
 public:
  Consumer(std::string name, ConsumerSettings settings, Position after)
      : name_(std::move(name)), settings_(std::move(settings)), position_(after), scanned_(after), kept_position_(after) {}
  /// Fails with: corrupt.
  static Result<Consumer> read(const std::string& name, const std::string& kept, const Now& now);
  /// What was kept of an event. Fails with: corrupt.
  Result<void> read_beside(Beside what, Position position, const std::string& kept, const Now& now);
  /// What must be kept of it; that an event was handed out need not be, for it comes again. It stays to be kept until was_kept().
  std::vector<Ledger::Kept> unkept(const std::string& prefix, const Now& now) const;
  /// What is handed out must be kept too: whoever has it may acknowledge it to whoever reads this.
  void hand_over(const Now& now);
  bool has_unkept() const { return passed_over() > 0 || !touched_.empty(); }
  void was_kept();
  /// All that was kept of it, to be forgotten.
  std::vector<Ledger::Kept> forgotten(const std::string& prefix) const;
  /// By how much the position that is kept is behind.
  Position passed_over() const { return position_ - kept_position_; }

  const std::string& name() const { return name_; }
  const ConsumerSettings& settings() const { return settings_; }
  /// What is told as it; none: nobody has said so.
  const std::optional<Follows>& follows() const { return follows_; }
  /// All up to there is done: acknowledged, parked, or not wanted.
  Position position() const { return position_; }
  std::size_t leased(const Now& now) const;
  const std::map<Position, Parked>& parked() const { return parked_; }
  /// Why nothing is handed out; empty: it is.
  std::string stopped_because() const;
  const std::string& last_error() const { return last_error_; }
  std::optional<Moment> asked_at() const { return asked_at_; }
  /// When something that waits for its next try, or for its lease to end, can be handed out; nothing if nothing waits.
  std::optional<std::chrono::steady_clock::time_point> next_due() const;

  /// Hands out up to `most` events, none above `ceiling`. `changed` is set where what must be kept has changed. Throws MachineFailure.
  /// Fails with: conflict (too many are parked; something else is told as it up to its position).
  Result<std::vector<Handed>> next(const Ledger& ledger, Visibility ceiling, std::size_t most, const Now& now, bool& changed);
  /// All of them are done, or none is. One that is done already, whoever did it, is done: whoever lost the answer may say it again.
  /// Fails with: conflict (the lease is over or was never given), after which the event comes again.
  Result<void> acknowledge(const std::vector<Lease>& all, const Now& now);
  /// All up to there, whatever is handed out: for a consumer that is one alone. Refused below its position. With `from`, conflict where
  /// it stands neither there nor at `position` already: somebody else moved it.
  /// With `follows`, that is what is told as it from now on: conflict where something else is, whose position is of no use for this.
  Result<void> acknowledge_up_to(Position position, std::optional<Position> from = std::nullopt, const std::optional<Follows>& follows = std::nullopt);
  /// It comes again after `delay`, or what the settings say; after the last try, or at once with `park`, it is parked.
  Result<void> send_back(Position position, const std::string& lease, const std::string& reason, std::optional<std::chrono::seconds> delay,
                         bool park, const Now& now);
  /// Other settings from now on; what was looked at under the old ones is looked at again.
  void change(ConsumerSettings settings);
  /// A parked event comes once more, or never. Fails with: not_found.
  Result<void> replay_parked(Position position);
  Result<void> drop_parked(Position position);

 private:
  struct Item {
    std::string stream;
    std::uint32_t attempts = 0;
    Visibility level = Visibility::public_;             // of the reader as whom it was found to be wanted
    std::chrono::steady_clock::time_point due{};        // not before
    std::string lease;                                  // empty: not handed out
    std::chrono::steady_clock::time_point lease_end{};
    bool done = false;
    bool again = false;                                 // was parked: behind the position

    bool must_be_kept() const { return done || again || attempts > 0 || !lease.empty(); }
  };
  using Items = std::map<Position, Item>;

  std::optional<Follows> known_to_follow() const;
  Failure follows_already(std::string allowed) const;
  void scan(const Ledger& ledger, Visibility level, std::size_t wanted);
  std::optional<Handed> hand(const Ledger& ledger, Visibility level, Items::value_type& found, const Now& now);
  void failed(Position position, Item& item, const std::string& reason, std::optional<std::chrono::seconds> delay, bool park, const Now& now);
  void take_back_later(Position position, const std::string& stream);
  Result<Item*> find(Position position, const std::string& lease, const Now& now);
  bool is_done(Position position) const;
  void advance();
  Items::iterator forget(Items::iterator item);
  static std::string kept_item(const Item& item, const Now& now);
  Item item_of(const boost::json::value& kept, const Now& now) const;

  std::string name_;
  ConsumerSettings settings_;
  std::optional<Follows> follows_;
  bool handed_out_ = false;  // events were, or were acknowledged as if: it is events that are told
  Position position_ = 0, scanned_ = 0;
  Position look_first_ = 0;  // so far the log is looked at before anything is handed out
  Items items_;              // wanted and not done, or done out of turn; with those that are to come again
  std::map<Position, Parked> parked_;
  std::string last_error_;
  std::optional<Moment> asked_at_;

  // What of this is kept: the position, and of which events there is something; of those touched since it may be another.
  Position kept_position_ = 0;
  std::set<Position> touched_, tried_kept_, parked_kept_;
};

}  // namespace chancery::server
