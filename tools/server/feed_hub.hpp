#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/ledger.hpp"

/// Events on their way to those who follow: written out once for all who are shown the same, whoever follows from where.
namespace chancery::server {

/// How an event is written into a feed.
enum class Wire : std::uint8_t {
  sse,         ///< a Server-Sent Event (WHATWG HTML, 9.2): `id:` is the position, `data:` the native event
  cloud_event  ///< a CloudEvent in JSON
};

/// Events that come one after another, as one level sees them. Never changes.
struct Chunk {
  struct Item {
    Position position = 0;
    std::size_t begin = 0, end = 0;  ///< its bytes
    Event event;
  };
  Position first = 0, last = 0;  ///< what it covers; events that the level may not see are not in it
  std::string bytes;
  std::vector<Item> items;
};

class FeedHub {
 public:
  explicit FeedHub(const Ledger& ledger) : ledger_(ledger) {}

  /// A chunk that covers the position after `after`; nothing if there is none yet. Reads the log where nobody has asked for it lately.
  /// Any thread. Throws MachineFailure.
  std::shared_ptr<const Chunk> next(Wire wire, Visibility level, Position after);
  /// Whether `next` would have to read much of the log.
  bool is_far(Wire wire, Visibility level, Position after) const;

 private:
  struct Shelf {
    std::mutex mutex;
    std::map<Position, std::shared_ptr<const Chunk>> by_first;
    std::deque<Position> age;  // first positions, oldest first
    std::size_t bytes = 0;
    std::shared_ptr<const Chunk> find(Position position) const;
    void put(const std::shared_ptr<const Chunk>& chunk);
  };

  Shelf& shelf(Wire wire, Visibility level) const { return shelves_[static_cast<std::size_t>(wire)][static_cast<std::size_t>(level)]; }
  std::shared_ptr<const Chunk> read(Wire wire, Visibility level, Position after) const;

  const Ledger& ledger_;
  mutable Shelf shelves_[2][3];
};

}  // namespace chancery::server
