#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/server/consumer.hpp"
#include "tools/server/named.hpp"

namespace chancery::server {

/// What the names of consumers begin with where they are kept in the ledger.
inline constexpr std::string_view consumer_prefix = "consumer/";

/// Whether somebody may use what has that owner; everybody may where there is no such function.
using MayUse = std::function<bool(const std::string& owner)>;
Failure no_such(std::string_view what, const std::string& name);
Failure somebody_elses(const std::string& name);

/// All consumers of a ledger: found, made, and kept in the ledger. Any thread.
class Consumers {
 public:
  /// `prefix` is what their names begin with in the ledger; one owner can have so many.
  Consumers(Ledger& ledger, std::string prefix, std::size_t of_one_owner = of_one_owner_max) : ledger_(ledger), prefix_(std::move(prefix)), all_("consumers", of_one_owner) {}
  /// Keeps how far each has passed over what it does not want, and what is handed out.
  ~Consumers();
  /// Reads what is kept. Fails with: corrupt, disk.
  Result<void> load();

  /// Makes it, or changes the settings of one that is there: its position and its owner stay, and whoever else changes it, it is handed
  /// what its owner may see. True: it is new. Fails with: conflict (`may_use` says no of the one that is there; its owner has as many as
  /// it can have), disk.
  Result<bool> put(const std::string& name, ConsumerSettings settings, Position after, const MayUse& may_use = {});
  /// Fails with: not_found (also where `may_use` says no), disk.
  Result<void> remove(const std::string& name, const MayUse& may_use = {});
  std::vector<std::string> names() const;
  /// One follower alone at a time follows as a consumer, until what is given goes; none: another does. A follower that has an id takes the
  /// place it has already at once: `replaced` of that is called then, with a lock held. It outlives what it gives.
  std::shared_ptr<void> follow_alone(const std::string& name, const std::string& follower, std::function<void()> replaced);

  /// Does something to a consumer; where `changed` is set what must be kept of it is on the disk when this returns.
  /// Fails with: not_found, disk, and with what `act` fails with.
  Result<void> with(const std::string& name, const std::function<Result<void>(Consumer&, bool& changed)>& act);

 private:
  // Whoever holds one may change it.
  using One = std::unique_ptr<Consumer>;
  struct Following {
    std::string follower;
    std::function<void()> replaced;
  };

  Result<void> load_beside(Beside what, const Now& now);
  Result<void> keep(Consumer& consumer);

  Ledger& ledger_;
  const std::string prefix_;
  Named<One> all_;
  std::mutex followed_mutex_;
  std::map<std::string, std::shared_ptr<Following>> followed_;  // as which one follows alone
};

}  // namespace chancery::server
