#include "tools/server/pipe.hpp"

#include <algorithm>
#include <utility>

#include "tools/server/workers.hpp"

namespace chancery::server {
namespace {

// How soon a maker that waits sees that all is over.
constexpr std::chrono::milliseconds look_every{500};

}  // namespace

bool Pipe::write(std::string_view bytes) {
  std::function<void()> ready;
  {
    std::unique_lock lock(mutex_);
    if (!closed_ && bytes_.size() >= bytes_max_) wait_for_room(lock);
    if (closed_) return false;
    bytes_ += bytes;
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
  return true;
}

void Pipe::wait_for_room(std::unique_lock<std::mutex>& lock) {
  const Workers::Lent lent;
  while (!closed_ && bytes_.size() >= bytes_max_) {
    const std::uint64_t taken = taken_;
    const auto until = std::chrono::steady_clock::now() + stall_max_;
    while (!closed_ && taken_ == taken) {
      room_.wait_for(lock, std::min(stall_max_, look_every));
      if (over_ || std::chrono::steady_clock::now() >= until) closed_ = taken_ == taken;
    }
  }
}

void Pipe::finish(bool whole) {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    whole_ = whole && !closed_;
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
}

Pipe::Taken Pipe::take() {
  Taken taken;
  {
    const std::lock_guard lock(mutex_);
    taken.bytes = std::exchange(bytes_, {});
    taken.end = ended_ || closed_;
    taken.whole = whole_;
    ++taken_;
  }
  room_.notify_one();
  return taken;
}

void Pipe::when_ready(std::function<void()> ready) {
  {
    const std::lock_guard lock(mutex_);
    if (bytes_.empty() && !ended_ && !closed_) {
      ready_ = std::move(ready);
      return;
    }
  }
  ready();
}

void Pipe::close() {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready = std::exchange(ready_, nullptr);
  }
  room_.notify_one();
  if (ready) ready();
}

GatheringBuffer::int_type GatheringBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char one = traits_type::to_char_type(c);
  return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

std::streamsize GatheringBuffer::xsputn(const char* text, std::streamsize count) {
  gathered_.append(text, static_cast<std::size_t>(count));
  return gathered_.size() >= piece_bytes_ && !push() ? 0 : count;
}

}  // namespace chancery::server
