#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace chancery::cli {

/// A shell command that is fed through its stdin.
class Feed {
 public:
  /// Fails with: disk (the machine starts no process).
  static Result<Feed> start(const std::string& command);
  Feed(Feed&& other) noexcept : pipe_(std::exchange(other.pipe_, nullptr)) {}
  Feed& operator=(Feed&&) = delete;
  /// Waits for the command to end.
  ~Feed();

  /// False if the command reads no more.
  bool write(std::string_view text);
  bool flush();
  /// Ends its input and waits for it to end: its exit status, as the shell tells it, whether or not it read all.
  int finish();

 private:
  explicit Feed(std::FILE* pipe) : pipe_(pipe) {}
  std::FILE* pipe_;
};

}  // namespace chancery::cli
