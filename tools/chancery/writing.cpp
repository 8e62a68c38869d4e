#include "tools/chancery/writing.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "tools/chancery/reading.hpp"

namespace chancery::cli {
namespace {

/// What a line with `recorded_by` may have, so that what is recorded can be recorded again from what is shown.
constexpr std::size_t recorder_bytes_max = 1'024;

}  // namespace

Result<std::optional<std::string>> recorder(const Context& context) {
  if (context.around().recorder) return context.around().recorder;
  // Not the parser's --as: it would let the environment of any command overrule the option of another.
  const std::string name = context.options.recorded_by ? *context.options.recorded_by : context.environment("CHANCERY_AS");
  if (name.empty()) return std::nullopt;
  if (!simdjson::validate_utf8(name)) return refused("--as", "a byte that is not UTF-8", "a name in UTF-8");
  if (name.size() <= recorder_bytes_max) return name;
  return refused("--as", fmt::format("{} bytes", name.size()), fmt::format("at most {}", recorder_bytes_max));
}

Result<std::string> zone_to_write(const Context& context) {
  if (context.options.zone.empty()) return std::string();
  return context.zone();
}

Result<std::optional<Visibility>> visibility_to_write(const Context& context) {
  if (context.options.visibility.empty()) return std::nullopt;
  const Result<Visibility> level = context.level();
  if (!level) return Failure(level.error());
  return *level;
}

Result<Recorded> event_named(const Log& log, const std::string& text) {
  std::optional<Position> position = position_in(text);
  if (!position) {
    const Result<Id> id = parse_id("ID", text);
    if (!id) return Failure(id.error());
    const auto found = log.find(*id);
    if (!found) return Failure(found.error());
    position = *found;
  }
  if (position && *position > 0 && *position <= log.last()) return log.at(*position);
  return failure(ErrorKind::not_found, "ID", chancery::quoted(text) + ", which is not in the ledger",
                 fmt::format("the id of an event that is, or pos:1 to pos:{}", log.last()));
}

}  // namespace chancery::cli
