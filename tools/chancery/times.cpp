#include "tools/chancery/times.hpp"

#include <charconv>

#include "core/occurred.hpp"

namespace chancery::cli {

Instant now() { return std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now()); }

Result<Instant> parse_at(std::string_view text, std::string_view zone, Instant now) {
  if (text.empty() || text == "now") return now;
  const Result<Occurred> when = resolve_occurred("--at", text, zone);
  if (!when) return tl::unexpected(when.error());
  return when->latest;
}

Result<Position> parse_known(std::string_view text, std::string_view zone, Instant now, const Log& log) {
  if (text.empty() || text == "now") return log.last();
  constexpr std::string_view position_prefix = "pos:";
  if (text.starts_with(position_prefix)) {
    const std::string_view digits = text.substr(position_prefix.size());
    Position position = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), position);
    if (error != std::errc() || end != digits.data() + digits.size() || position > log.last()) {
      return refused("--known", chancery::quoted(text), "pos:0 to pos:" + std::to_string(log.last()));
    }
    return commit_end_at(log, position);
  }
  const Result<Occurred> when = resolve_occurred("--known", text, zone);
  if (!when) return tl::unexpected(when.error());
  if (when->earliest > now) {
    return refused("--known", chancery::quoted(text) + ", which begins in the future", "a time that has begun, now, or pos:N");
  }
  if (when->latest >= now) return log.last();
  return commit_end_at(log, when->latest);
}

Result<std::pair<std::string, std::string>> parse_sides(std::string_view field, std::string_view text) {
  for (std::size_t at = text.find(".."); at != std::string_view::npos; at = text.find("..", at + 2)) {
    if (at > 0 && text[at - 1] == '/') continue;
    std::pair<std::string, std::string> sides(text.substr(0, at), text.substr(at + 2));
    if (sides.first.empty() || sides.second.empty()) {
      return refused(std::string(field), chancery::quoted(text), "A..B with both sides (`now` is a word), or one value");
    }
    return sides;
  }
  return std::pair<std::string, std::string>(text, text);
}

}  // namespace chancery::cli
