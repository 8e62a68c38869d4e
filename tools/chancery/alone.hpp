#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "tools/chancery/remote.hpp"

namespace chancery::cli {

/// While it lives no other process follows as that consumer of a server. Ends with the process, however that ends. Where its connection
/// breaks, also without a word, it takes its own place again.
class Alone {
 public:
  /// Fails with: conflict (another follows, or the consumer is another's), and with what asking a server fails with.
  static Result<std::unique_ptr<Alone>> as(std::shared_ptr<Remote> remote, const std::string& name);
  Alone(const Alone&) = delete;
  ~Alone();

  /// Fails with: conflict (another took it while the server was away).
  Result<void> still() const;

 private:
  Alone(std::shared_ptr<Remote> remote, const std::string& name);
  void run();
  void tell(std::optional<Error> error);

  const std::shared_ptr<Remote> remote_;
  const std::string target_, asked_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool granted_ = false, over_ = false;
  std::optional<Error> error_;
  std::thread thread_;  // last: it uses all above
};

}  // namespace chancery::cli
