#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/log.hpp"

/// Events on their way to those who follow: written out once for all who are shown the same, whoever follows from where.
namespace chancery::server {

/// How an event is written into a feed.
enum class Wire : std::uint8_t {
  sse,         ///< a Server-Sent Event (WHATWG HTML, 9.2): `id:` is the position, `data:` the native event
  cloud_event  ///< a CloudEvent in JSON
};
constexpr std::array all_wires{Wire::sse, Wire::cloud_event};

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
  /// Of a log whose URI to the outside is `source`; both outlive it.
  FeedHub(const Log& log, const std::string& source) : log_(log), source_(source) {}

  /// A chunk that covers the position after `after`; nothing if there is none yet. Reads the log where nobody has asked for it lately, or
  /// waits for whoever reads it. Any thread. Throws MachineFailure.
  std::shared_ptr<const Chunk> next(Wire wire, Visibility level, Position after);
  /// The same for a thread that has other things to do: nothing, too, if much of the log would have to be read, or others are reading.
  std::shared_ptr<const Chunk> next_at_once(Wire wire, Visibility level, Position after);
  /// Writes out the event that comes after the last, before it is published, where somebody follows as far as the log goes: it is there for
  /// them as soon as they may have it. Any thread, one at a time. Throws MachineFailure.
  void prepare(const Recorded& event);

 private:
  struct Shelf {
    std::mutex reading;  // one reads at a time, so that nobody reads what another has read meanwhile; taken before `mutex`
    std::mutex mutex;    // guards all below; held for moments
    std::map<Position, std::shared_ptr<const Chunk>> by_first;
    std::deque<Position> age;  // first positions, oldest first
    std::size_t bytes = 0;
    std::atomic<bool> wanted{false};  // somebody was given the end of the log since the last event was prepared
    std::shared_ptr<const Chunk> find(Position position);
    void put(const std::shared_ptr<const Chunk>& chunk);
  };

  Shelf& shelf(Wire wire, Visibility level) { return shelves_[static_cast<std::size_t>(wire)][static_cast<std::size_t>(level)]; }
  std::shared_ptr<const Chunk> found_or_read(Shelf& shelf, Wire wire, Visibility level, Position after) const;
  std::shared_ptr<const Chunk> read(Wire wire, Visibility level, Position after) const;
  void add(Chunk& chunk, Wire wire, Visibility level, Recorded&& recorded) const;
  std::shared_ptr<const Chunk> given(Shelf& shelf, std::shared_ptr<const Chunk> chunk) const;

  const Log& log_;
  const std::string& source_;
  std::array<std::array<Shelf, all_levels.size()>, all_wires.size()> shelves_;
};

}  // namespace chancery::server
