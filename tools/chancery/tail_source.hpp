#pragma once

#include <memory>
#include <string>

#include "tools/chancery/batches.hpp"

namespace chancery::cli {

/// Where `tail` reads from: the ledger's folder, which it lets go between its looks, or the server that has the ledger.
class TailSource {
 public:
  static std::unique_ptr<TailSource> make(Context& context, const std::string& view);
  virtual ~TailSource() = default;
  /// Where the log ends. Fails with what Context::open does; refused (no such view, level or zone).
  virtual Result<Position> last() = 0;
  /// Whether there may be anything after that position; a cheap guess.
  virtual bool may_have_more(Position after) = 0;
  /// What comes after a position: events or, of a view, changes, at most about `most`.
  virtual Result<Batch> read(Position after, std::size_t most) = 0;
};

}  // namespace chancery::cli
