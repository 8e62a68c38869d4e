#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/log_reader.hpp"

namespace chancery {

/// The next revision of streams that were written to lately, so that their end need not be sought. Bounded; one thread.
class StreamHeads {
 public:
  explicit StreamHeads(const LogReader& log) : log_(log) {}
  std::uint64_t next_revision(std::string_view stream);
  void put(const std::string& stream, std::uint64_t next_revision);

 private:
  const LogReader& log_;
  std::unordered_map<std::string, std::uint64_t> young_, old_;
};

}  // namespace chancery
