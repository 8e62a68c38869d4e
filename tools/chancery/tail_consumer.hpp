#pragma once

#include <string>

#include "tools/chancery/command.hpp"
#include "tools/chancery/lines.hpp"

namespace chancery::cli {

/// Where a consumer of `tail` is. It is one of the ledger's consumers, which a server has too: whoever serves or copies the ledger has
/// its position. On one machine one process at a time follows as it.
class TailConsumer {
 public:
  /// Makes it at `begin` where there is none. Fails with: refused (the name), in_use, conflict (another token has it), corrupt, disk.
  static Result<TailConsumer> open(Context& context, const std::string& name, Position begin);

  Position position() const { return position_; }
  /// On the disk when it returns. Fails with: in_use (another process has the ledger just now), refused (it is further), disk.
  Result<void> save(Position position);

 private:
  TailConsumer(Context& context, std::string name) : context_(context), name_(std::move(name)) {}
  Result<void> lock();
  Result<void> find_or_make(Position begin);

  Context& context_;
  std::string name_;
  File lock_;
  Position position_ = 0;
};

}  // namespace chancery::cli
