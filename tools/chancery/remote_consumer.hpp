#pragma once

#include <memory>
#include <string>

#include "core/names.hpp"
#include "tools/chancery/remote.hpp"

namespace chancery::cli {

/// Where a consumer was, kept by the server.
class RemoteConsumer {
 public:
  /// Makes it where there is none: then `fresh` and at position 0. Fails with: refused, conflict (another token has it), disk.
  static Result<RemoteConsumer> open(std::shared_ptr<Remote> remote, const std::string& name);

  bool fresh() const { return fresh_; }
  Position position() const { return position_; }
  /// On the server's disk when it returns. Fails with: disk.
  Result<void> save(Position position);

 private:
  RemoteConsumer(std::shared_ptr<Remote> remote, std::string path) : remote_(std::move(remote)), path_(std::move(path)) {}

  std::shared_ptr<Remote> remote_;
  std::string path_;
  Position position_ = 0;
  bool fresh_ = false;
};

}  // namespace chancery::cli
