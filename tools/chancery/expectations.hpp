#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger.hpp"

namespace chancery::cli {

/// What a command expects of streams before it records anything (`--expect`), whatever number of files and commits it records.
/// Events that the command itself had recorded before, when it was run the last time, count as if they were not there yet.
class Expectations {
 public:
  /// Each `STREAM=REV`, `STREAM=none`, `STREAM=exists` or `STREAM=any`. Fails with: refused.
  static Result<Expectations> parse(const std::vector<std::string>& texts);
  /// One of them; nothing where anything is expected. Errors name `field`.
  static Result<std::optional<Expected>> parse_one(const std::string& field, const std::string& text);

  /// Told of each event that is checked, in order.
  void saw(const AppendedEvent& event, Position last_of_ledger);
  /// Whether the expectations hold of the ledger as it is. What it returns pins that state down, for the first commit that adds something.
  /// Fails with: conflict (the actual revision).
  Result<std::vector<Expected>> check(const Ledger& ledger) const;

  bool empty() const { return streams_.empty(); }
  void clear() { streams_.clear(); }

 private:
  struct Stream {
    Expected expected;
    std::vector<std::uint64_t> own;  // revisions of events that were recorded by the same command before
  };
  std::vector<Stream> streams_;
};

}  // namespace chancery::cli
