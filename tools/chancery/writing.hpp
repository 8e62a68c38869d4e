#pragma once

#include <optional>
#include <string>

#include "tools/chancery/command.hpp"

/// What the options of commands that write mean for an event.
namespace chancery::cli {

/// --as, $CHANCERY_AS; nothing where neither is given. Refused: what is no text, or too long.
Result<std::optional<std::string>> recorder(const Context& context);
/// --zone, where the option itself was given; else empty. Refused: no such zone.
Result<std::string> zone_to_write(const Context& context);
/// --visibility, where it was given. Refused: no such level.
Result<std::optional<Visibility>> visibility_to_write(const Context& context);

/// The event that a person names: by its id, or by `pos:N`. Fails with: refused (no id, no position), not_found.
Result<Recorded> event_named(const Log& log, const std::string& text);

}  // namespace chancery::cli
