#include "tools/server/feed_hub.hpp"

#include <fmt/format.h>

#include "core/json/cloud_event.hpp"
#include "projections/seen.hpp"

namespace chancery::server {
namespace {

constexpr std::size_t chunk_bytes = 128 * 1024, shelf_bytes_max = 16UL << 20, shelf_chunks_max = 20'000;
// Reading so many events takes about a millisecond.
constexpr Position near_events = 128, events_at_once = 2000;

}  // namespace

std::shared_ptr<const Chunk> FeedHub::Shelf::find(Position position) {
  const std::lock_guard lock(mutex);
  auto found = by_first.upper_bound(position);
  if (found == by_first.begin()) return nullptr;
  --found;
  return position <= found->second->last ? found->second : nullptr;
}

void FeedHub::Shelf::put(const std::shared_ptr<const Chunk>& chunk) {
  const std::lock_guard lock(mutex);
  if (!by_first.emplace(chunk->first, chunk).second) return;
  age.push_back(chunk->first);
  bytes += chunk->bytes.size();
  while (age.size() > 1 && (bytes > shelf_bytes_max || age.size() > shelf_chunks_max)) {
    const auto oldest = by_first.find(age.front());
    bytes -= oldest->second->bytes.size();
    by_first.erase(oldest);
    age.pop_front();
  }
}

std::shared_ptr<const Chunk> FeedHub::next(Wire wire, Visibility level, Position after) {
  if (log_.last() <= after) return nullptr;
  Shelf& shelf = this->shelf(wire, level);
  if (auto chunk = shelf.find(after + 1)) return given(shelf, std::move(chunk));
  const std::lock_guard reading(shelf.reading);
  return given(shelf, found_or_read(shelf, wire, level, after));
}

std::shared_ptr<const Chunk> FeedHub::next_at_once(Wire wire, Visibility level, Position after) {
  const Position last = log_.last();
  if (last <= after) return nullptr;
  Shelf& shelf = this->shelf(wire, level);
  if (auto chunk = shelf.find(after + 1)) return given(shelf, std::move(chunk));
  if (last >= after + near_events) return nullptr;
  const std::unique_lock reading(shelf.reading, std::try_to_lock);
  return reading.owns_lock() ? given(shelf, found_or_read(shelf, wire, level, after)) : nullptr;
}

std::shared_ptr<const Chunk> FeedHub::given(Shelf& shelf, std::shared_ptr<const Chunk> chunk) const {
  if (chunk->last >= log_.last() && !shelf.wanted.load(std::memory_order_relaxed)) shelf.wanted.store(true, std::memory_order_relaxed);
  return chunk;
}

void FeedHub::prepare(const Recorded& event) {
  for (const Wire wire : all_wires) {
    for (const Visibility level : all_levels) {
      Shelf& shelf = this->shelf(wire, level);
      if (!shelf.wanted.exchange(false, std::memory_order_relaxed)) continue;
      auto chunk = std::make_shared<Chunk>();
      chunk->first = event.position;
      add(*chunk, wire, level, Recorded(event));
      shelf.put(chunk);
    }
  }
}

/// Holding shelf.reading.
std::shared_ptr<const Chunk> FeedHub::found_or_read(Shelf& shelf, Wire wire, Visibility level, Position after) const {
  if (auto chunk = shelf.find(after + 1)) return chunk;
  auto chunk = read(wire, level, after);
  shelf.put(chunk);
  return chunk;
}

std::shared_ptr<const Chunk> FeedHub::read(Wire wire, Visibility level, Position after) const {
  auto chunk = std::make_shared<Chunk>();
  chunk->first = after + 1;
  value_or_throw(log_.read(after + 1, log_.last(), [&](Recorded&& recorded) {
    add(*chunk, wire, level, std::move(recorded));
    // What is hidden is looked at too: not all of it at once.
    return chunk->last < after + events_at_once && chunk->bytes.size() < chunk_bytes;
  }));
  return chunk;
}

/// The event that comes next, as it is seen, if it is.
void FeedHub::add(Chunk& chunk, Wire wire, Visibility level, Recorded&& recorded) const {
  chunk.last = recorded.position;
  if (recorded.event.level() > level) return;
  Recorded seen = as_seen(std::move(recorded), log_, level);
  Chunk::Item item{seen.position, chunk.bytes.size(), 0, {}};
  if (wire == Wire::sse) {
    fmt::format_to(std::back_inserter(chunk.bytes), "id: {}\ndata: ", seen.position);
    write_recorded(chunk.bytes, seen);
    chunk.bytes += "\n\n";
  } else {
    write_cloud_event(chunk.bytes, seen, source_);
  }
  item.end = chunk.bytes.size();
  item.event = std::move(seen.event);
  chunk.items.push_back(std::move(item));
}

}  // namespace chancery::server
