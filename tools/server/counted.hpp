#pragma once

#include <atomic>
#include <cstdint>

namespace chancery::server {

/// Counts one more while it lives, however that ends. Any thread.
class Counted {
 public:
  explicit Counted(std::atomic<std::uint64_t>& count) : count_(count) { count_.fetch_add(1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { count_.fetch_sub(1); }

 private:
  std::atomic<std::uint64_t>& count_;
};

}  // namespace chancery::server
