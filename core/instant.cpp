#include "core/instant.hpp"

#include "core/digits.hpp"
#include "core/edtf_parse.hpp"

namespace chancery {

std::string format_instant(Instant instant) {
  std::string text;
  text.reserve(28);
  append_date(text, std::chrono::floor<std::chrono::days>(instant));
  text += 'T';
  append_time_of_day(text, instant - std::chrono::floor<std::chrono::days>(instant));
  text += 'Z';
  return text;
}

Result<Instant> parse_instant(std::string_view field, std::string_view text) {
  using namespace std::chrono_literals;
  constexpr Instant first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
  constexpr Instant end = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
  const auto span = parse_date_time(text);
  if (!span || span->latest - span->earliest >= 1s || span->earliest < first || span->earliest >= end) {
    return refused(
        std::string(field), quoted(text),
        "an RFC 3339 date-time in the years 0001 to 9999 with seconds, at most six fraction digits, and Z or an "
        "offset, such as 2025-09-11T10:00:00.123456Z");
  }
  return span->earliest;
}

}  // namespace chancery
