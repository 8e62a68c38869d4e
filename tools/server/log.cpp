#include "tools/server/log.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <mutex>

#include "core/instant.hpp"
#include "core/json/writer.hpp"
#include "tools/chancery/times.hpp"
#include "tools/format/text.hpp"

namespace chancery::server {
namespace {

// A line with three of them is below PIPE_BUF.
constexpr std::size_t text_bytes_max = 1200, shortened_bytes = 200;

void write_line(std::string_view line) {
  static std::mutex mutex;
  static std::uint64_t dropped = 0;
  const auto takes = [](std::string_view text) {
    // A pipe that can be written takes PIPE_BUF bytes without waiting (POSIX).
    pollfd out{STDERR_FILENO, POLLOUT, 0};
    return text.size() <= PIPE_BUF && ::poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0 &&
           ::write(STDERR_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  };
  const std::lock_guard lock(mutex);
  if (dropped > 0 && takes(fmt::format("{{\"at\":\"{}\",\"log\":\"dropped\",\"lines\":{}}}\n", format_instant(cli::now()), dropped))) dropped = 0;
  if (dropped > 0 || !takes(line)) dropped += 1;
}

}  // namespace

LogValue::LogValue(const std::string& bytes) {
  const std::string text = in_utf8(bytes);
  append_string(json, text);
  if (json.size() <= text_bytes_max) return;
  json.clear();
  std::size_t end = shortened_bytes;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0U) == 0x80U) --end;
  append_string(json, text.substr(0, end) + "...");
}
LogValue::LogValue(std::chrono::duration<double, std::milli> time) : json(fmt::format("{:.3f}", time.count())) {}

void log_line(std::string_view what, std::initializer_list<std::pair<std::string_view, LogValue>> members) {
  std::string line;
  ObjectWriter object(line);
  object.name("at");
  append_string(line, format_instant(cli::now()));
  object.name("log");
  append_string(line, what);
  for (const auto& [name, value] : members) {
    object.name(name);
    line += value.json;
  }
  object.close();
  write_line(line += '\n');
}

}  // namespace chancery::server
