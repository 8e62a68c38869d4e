#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/server/consumer.hpp"

namespace chancery::server {

/// What the names of consumers begin with where they are kept in the ledger.
inline constexpr std::string_view consumer_prefix = "consumer/";

/// All consumers of a ledger: found, made, and kept in the ledger. Any thread.
class Consumers {
 public:
  /// `prefix` is what their names begin with in the ledger.
  Consumers(Ledger& ledger, std::string prefix) : ledger_(ledger), prefix_(std::move(prefix)) {}
  /// Reads what is kept. Fails with: corrupt, disk.
  Result<void> load();

  /// Makes it, or changes the settings of one that is there; its position stays. Fails with: disk. True: it is new.
  Result<bool> put(const std::string& name, const ConsumerSettings& settings, Position after);
  Result<void> remove(const std::string& name);
  std::vector<std::string> names() const;

  /// Does something to a consumer; where `changed` is set or it returns true what must be kept of it is on the disk when this returns.
  /// Fails with: not_found, and with what `act` fails with.
  Result<void> with(const std::string& name, const std::function<Result<void>(Consumer&, bool& changed)>& act);

 private:
  struct One {
    std::mutex mutex;
    std::optional<Consumer> consumer;
  };
  std::shared_ptr<One> find(const std::string& name) const;
  Result<void> keep(const Consumer& consumer);

  Ledger& ledger_;
  const std::string prefix_;
  mutable std::mutex mutex_;  // of the map; never held while waiting for a consumer's
  std::map<std::string, std::shared_ptr<One>, std::less<>> all_;
};

}  // namespace chancery::server
