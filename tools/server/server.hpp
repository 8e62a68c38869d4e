#pragma once

#include <filesystem>
#include <memory>

#include "core/result.hpp"
#include "storage/ledger.hpp"
#include "tools/server/config.hpp"

namespace chancery::server {

class ServerImpl;

/// Serves a ledger over HTTP until it is told to stop.
class Server {
 public:
  /// Opens the ledger with `options`, listens, and returns. Fails with what Ledger::open does, and: refused (the address, the
  /// certificate), disk.
  static Result<Server> start(const Config& config, const std::filesystem::path& folder, LedgerOptions options);
  Server(Server&&) noexcept;
  ~Server();

  /// What others call it.
  const std::string& url() const;
  /// Returns when SIGTERM or SIGINT came and what was under way is done, or its time is over.
  void run();

 private:
  explicit Server(std::unique_ptr<ServerImpl> impl);
  std::unique_ptr<ServerImpl> impl_;
};

}  // namespace chancery::server
