#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/event.hpp"
#include "storage/log.hpp"

/// Where what follows the log keeps what it derives: ordered bytes to bytes, in one batch with how far it has come.
namespace chancery {

/// Walks a store's entries in bytewise order of their keys. Valid only while its store is. Throws MachineFailure.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void seek(std::string_view key) = 0;         ///< to the first entry at or after `key`
  virtual void seek_before(std::string_view key) = 0;  ///< to the last entry before `key`
  virtual bool valid() const = 0;
  virtual void next() = 0;
  virtual void previous() = 0;
  virtual std::string_view key() const = 0;    ///< valid until the cursor moves
  virtual std::string_view value() const = 0;  ///< valid until the cursor moves
};

/// One follower's entries, as they stood at one moment. Throws MachineFailure.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::optional<std::string> get(std::string_view key) const = 0;
  virtual std::unique_ptr<Cursor> cursor() const = 0;
};

/// Reads see what was written before through the same store; a cursor sees what was written before its last seek.
class WritableStore : public Store {
 public:
  virtual void put(std::string_view key, std::string_view value) = 0;
  virtual void erase(std::string_view key) = 0;
};

/// Whole commits that come one after another.
struct EventBatch {
  std::span<const Recorded> events;  ///< at least one
  std::uint64_t number = 0;          ///< no other batch of this process has it: what is worked out of a batch may be kept under it
};

/// Something that is derived from the log, event by event, and can be thrown away and built again.
class Follower {
 public:
  virtual ~Follower() = default;
  /// Stable, unique among the followers of a ledger ("index", "view/prisoners").
  virtual std::string_view name() const = 0;
  /// Another number means: what is stored would come out differently now, and is built anew when a ledger is opened.
  virtual std::uint32_t version() const = 0;
  /// Follows commits that come directly after those it has followed. All it writes reaches the disk together with how far it has
  /// come, or not at all. Called by one thread at a time. Throws MachineFailure.
  virtual void follow(const EventBatch& batch, const Log& log, WritableStore& store) = 0;
};

}  // namespace chancery
