#pragma once

#include <string>

#include "tools/chancery/alone.hpp"
#include "tools/chancery/command.hpp"
#include "tools/chancery/lines.hpp"

namespace chancery::cli {

/// Where a consumer of `tail` is. It is one of the ledger's consumers, which a server has too: whoever serves or copies the ledger has
/// its position. Of the processes that are given the ledger's folder one at a time follows as it, and of those that are given the URL of a
/// server.
class TailConsumer {
 public:
  /// Makes it at `begin` where there is none; waits some seconds for others to let the ledger go. Fails with: refused (the name), in_use,
  /// conflict (another token has it, another process follows as it, or something else than
  /// `view` at the context's level is told as it), and with what opening a ledger or asking a server fails with.
  static Result<TailConsumer> open(Context& context, const std::string& name, const std::string& view, Position begin);

  Position position() const { return position_; }
  /// Whether no other process follows as it. Fails with: conflict.
  Result<void> still_alone() const { return alone_ ? alone_->still() : Result<void>(); }
  /// On the disk when it returns; `wait` for others to let the ledger go. Fails with: in_use (they have it still), refused (it is
  /// further), not_found (somebody removed it), disk.
  Result<void> save(Position position, bool wait);

 private:
  TailConsumer(Context& context, std::string name, std::string view) : context_(context), name_(std::move(name)), view_(std::move(view)) {}
  Result<void> lock();
  Result<Position> position_in_file(Position otherwise) const;
  Result<void> find_or_make(Position begin);
  Result<void> claim();
  Result<void> acknowledge(Position position, std::chrono::milliseconds wait);

  Context& context_;
  std::string name_, view_, path_;
  File lock_;                     // where it is given a folder
  std::unique_ptr<Alone> alone_;  // where it is given a URL
  Position position_ = 0;
};

}  // namespace chancery::cli
