#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// What the server writes down of what it does, for those who run it. Never a body, a secret or what an event says.
namespace chancery::server {

/// A value in a line of the log, as JSON: text (shortened where it is long), a count, or milliseconds.
struct LogValue {
  LogValue(const std::string& text);
  LogValue(const char* text) : LogValue(std::string(text)) {}
  LogValue(std::uint64_t count) : json(std::to_string(count)) {}
  LogValue(std::chrono::duration<double, std::milli> time);
  std::string json;
};
/// One line of JSON on stderr: when, what, and these. Waits for nobody: where stderr is not taken, lines are dropped, and the next one that is
/// taken comes after one that says how many were. Any thread.
void log_line(std::string_view what, std::initializer_list<std::pair<std::string_view, LogValue>> members);

}  // namespace chancery::server
