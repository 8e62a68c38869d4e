#pragma once

#include <atomic>

#include "tools/server/config.hpp"
#include "tools/server/consumers.hpp"
#include "tools/server/feed_hub.hpp"
#include "tools/server/metrics.hpp"
#include "tools/server/routes.hpp"
#include "tools/server/tokens.hpp"
#include "tools/server/waiting.hpp"
#include "tools/server/webhooks.hpp"
#include "tools/server/workers.hpp"

namespace chancery::server {

/// So many answers may wait for their readers without holding a worker.
constexpr std::size_t slow_readers = 128;

/// What the routes and the connections of one server share. Any thread.
struct Services {
  Services(Config config_in, std::shared_ptr<Ledger> ledger_in, const std::filesystem::path& folder_in)
      : config(std::move(config_in)), folder(folder_in), ledger(std::move(ledger_in)), tokens(folder), feeds(*ledger, ledger->source()), consumers(*ledger, std::string(consumer_prefix)), webhooks(*ledger, config, token_file), workers(config.workers, slow_readers) {}

  const Config config;
  const std::filesystem::path folder;
  const std::shared_ptr<Ledger> ledger;
  const Tokens token_file{folder};
  TokenCheck tokens;
  FeedHub feeds;
  Consumers consumers;
  Webhooks webhooks;
  Metrics metrics;
  std::atomic<bool> stopping{false};  ///< nothing more is begun
  std::atomic<bool> over{false};      ///< and nobody reads any longer
  std::string url;  ///< what others call it
  Workers workers;
  Waiting waiting{workers};
};

}  // namespace chancery::server
