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

std::shared_ptr<const Chunk> FeedHub::Shelf::find(Position position) const {
  auto found = by_first.upper_bound(position);
  if (found == by_first.begin()) return nullptr;
  --found;
  return position <= found->second->last ? found->second : nullptr;
}

void FeedHub::Shelf::put(const std::shared_ptr<const Chunk>& chunk) {
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
  if (ledger_.last() <= after) return nullptr;
  Shelf& shelf = this->shelf(wire, level);
  // Held while reading: whoever else wants the same waits for it instead of reading it again.
  const std::lock_guard lock(shelf.mutex);
  if (auto chunk = shelf.find(after + 1)) return chunk;
  auto chunk = read(wire, level, after);
  shelf.put(chunk);
  return chunk;
}

bool FeedHub::is_far(Wire wire, Visibility level, Position after) const {
  if (ledger_.last() < after + near_events) return false;
  Shelf& shelf = this->shelf(wire, level);
  const std::unique_lock lock(shelf.mutex, std::try_to_lock);
  return !lock.owns_lock() || shelf.find(after + 1) == nullptr;
}

std::shared_ptr<const Chunk> FeedHub::read(Wire wire, Visibility level, Position after) const {
  auto chunk = std::make_shared<Chunk>();
  chunk->first = after + 1;
  value_or_throw(ledger_.read(after + 1, ledger_.last(), [&](Recorded&& recorded) {
    chunk->last = recorded.position;
    // What is hidden is looked at too: not all of it at once.
    const bool more = recorded.position < after + events_at_once;
    if (recorded.event.level() > level) return more;
    Recorded seen = as_seen(std::move(recorded), ledger_, level);
    Chunk::Item item{seen.position, chunk->bytes.size(), 0, {}};
    if (wire == Wire::sse) {
      fmt::format_to(std::back_inserter(chunk->bytes), "id: {}\ndata: ", seen.position);
      write_recorded(chunk->bytes, seen);
      chunk->bytes += "\n\n";
    } else {
      write_cloud_event(chunk->bytes, seen, ledger_.source());
    }
    item.end = chunk->bytes.size();
    item.event = std::move(seen.event);
    chunk->items.push_back(std::move(item));
    return more && chunk->bytes.size() < chunk_bytes;
  }));
  return chunk;
}

}  // namespace chancery::server
