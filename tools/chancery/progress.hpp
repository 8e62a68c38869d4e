#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace chancery::cli {

/// How far a long task has come, with its rate and the time left: on a terminal's stderr, on one line that goes when it ends.
class Progress {
 public:
  /// `total_bytes` 0: unknown. `unit` is what is counted, and outlives this.
  /// `shown` false: nobody looks.
  Progress(std::string what, std::uint64_t total_bytes, std::string_view unit, bool shown);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap enough to be called for each line.
  void at(std::uint64_t lines, std::uint64_t bytes);
  /// Wipes the line, so that a message can be written.
  void clear();
  double seconds() const;

 private:
  void show(std::uint64_t lines, std::uint64_t bytes);

  const std::string what_;
  const std::uint64_t total_bytes_;
  const std::string_view unit_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point shown_;
  std::uint64_t calls_ = 0;
  bool visible_ = false;
};

}  // namespace chancery::cli
