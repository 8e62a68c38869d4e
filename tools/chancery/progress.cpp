#include "tools/chancery/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace chancery::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto first_shown_after = 500ms, shown_every = 200ms;
constexpr std::uint64_t calls_between_looks_at_the_clock = 64;

std::string time_left(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(seconds, 0.0) + 0.5);
  if (whole < 90) return fmt::format("{} s left", whole);
  return fmt::format("{}:{:02} min left", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string what, std::uint64_t total_bytes, std::string_view unit, bool shown)
    : what_(std::move(what)),
      total_bytes_(total_bytes),
      unit_(unit),
      terminal_(shown && ::isatty(STDERR_FILENO) != 0),
      begin_(std::chrono::steady_clock::now()),
      shown_(begin_ + first_shown_after - shown_every) {}

double Progress::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

void Progress::at(std::uint64_t lines, std::uint64_t bytes) {
  if (!terminal_ || ++calls_ % calls_between_looks_at_the_clock != 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_ < shown_every) return;
  shown_ = now;
  show(lines, bytes);
}

void Progress::show(std::uint64_t lines, std::uint64_t bytes) {
  const double passed = seconds();
  std::string text = fmt::format("{}: {} {}, {:.0f} {}/s", what_, lines, unit_, static_cast<double>(lines) / passed, unit_);
  if (total_bytes_ > 0 && bytes > 0) {
    const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_bytes_));
    text += fmt::format(", {:.0f} %, {}", 100 * share, time_left(passed / share - passed));
  }
  std::cerr << '\r' << text << "\x1b[K" << std::flush;
  visible_ = true;
}

void Progress::clear() {
  if (!visible_) return;
  std::cerr << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace chancery::cli
