#pragma once

#include "storage/store.hpp"

namespace chancery {

/// What the ledger itself follows the log with: where each type, party, tag and measure is, and world time.
class Index final : public Follower {
 public:
  static constexpr std::string_view its_name = "index";
  std::string_view name() const override { return its_name; }
  std::uint32_t version() const override { return 1; }
  void follow(const EventBatch& batch, const Log& log, WritableStore& store) override;
};

/// The kinds of posting.
enum class Kind : char {
  type = 'y',
  party = 'p',
  tag = 'g',
  measure = 'm',
  hidden_stream = 'h',  ///< the stream's name was taken from an event of this level (one byte), not public: shown as `actions` below it
};

/// What the keys of all postings of a value begin with.
std::string posting_prefix(Kind kind, std::string_view value);
/// The key of an event in world time.
std::string time_key(Instant earliest, Position position);
/// The instant of such a key.
Instant time_of(std::string_view key);

}  // namespace chancery
