#include "storage/stream_heads.hpp"

namespace chancery {
namespace {

constexpr std::size_t stream_heads_max = 100'000;

}  // namespace

std::uint64_t StreamHeads::next_revision(std::string_view stream) {
  const std::string name(stream);
  if (const auto found = young_.find(name); found != young_.end()) return found->second;
  const auto found = old_.find(name);
  const std::uint64_t revision = found != old_.end() ? found->second : log_.next_revision(stream);
  put(name, revision);
  return revision;
}

void StreamHeads::put(const std::string& stream, std::uint64_t next_revision) {
  if (young_.size() >= stream_heads_max / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[stream] = next_revision;
}

}  // namespace chancery
