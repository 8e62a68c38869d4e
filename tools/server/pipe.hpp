#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <cstdint>
#include <streambuf>
#include <string>
#include <string_view>

namespace chancery::server {

/// Bytes on their way from a thread that makes them to a connection that sends them, as fast as the slower of the two. Memory is
/// bounded: the maker waits while `bytes_max` are under way, and gives up if the reader takes nothing for `stall_max`.
class Pipe {
 public:
  /// `over` is set when nobody reads any longer, and outlives this.
  Pipe(std::size_t bytes_max, std::chrono::milliseconds stall_max, const std::atomic<bool>& over) : bytes_max_(bytes_max), stall_max_(stall_max), over_(over) {}

  /// Bytes that say nothing, for the reader to send now and then while there are none. Before anybody reads.
  void says_meanwhile(std::string bytes) { meanwhile_ = std::move(bytes); }
  const std::string& meanwhile() const { return meanwhile_; }
  /// For the maker. False: nobody will read it.
  bool write(std::string_view bytes);
  /// For the maker: there is no more; `whole`: what was written is all there was to say.
  void finish(bool whole);
  struct Taken {
    std::string bytes;
    bool end = false, whole = false;
  };
  /// For the reader: what is there; nothing, not even an end, if there is nothing yet.
  Taken take();
  /// For the reader: `ready` is called, by the maker's thread or whoever closes it, when there is something to take, or an end. Called at
  /// once if there is.
  void when_ready(std::function<void()> ready);
  /// For the reader: it goes away.
  void close();

 private:
  void wait_for_room(std::unique_lock<std::mutex>& lock);

  const std::size_t bytes_max_;
  const std::chrono::milliseconds stall_max_;
  const std::atomic<bool>& over_;
  std::string meanwhile_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::string bytes_;
  std::function<void()> ready_;
  std::uint64_t taken_ = 0;
  bool ended_ = false, whole_ = false, closed_ = false;
};

/// A stream's text, handed on in pieces.
class GatheringBuffer : public std::streambuf {
 protected:
  /// Handed on as soon as it is that much.
  explicit GatheringBuffer(std::size_t piece_bytes) : piece_bytes_(piece_bytes) {}
  /// Takes what is gathered, leaving nothing. False: nobody wants it.
  virtual bool push() = 0;

  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;

  std::string gathered_;

 private:
  const std::size_t piece_bytes_;
};

}  // namespace chancery::server
