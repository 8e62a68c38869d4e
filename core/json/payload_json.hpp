#pragma once

#include <simdjson.h>

#include "core/event.hpp"
#include "core/json/reading.hpp"

/// The payload of an event from its `data`, by its `type`.
namespace chancery {

/// Reads `data` (nothing: the member is absent) as what `type` needs. False, with the error in `reading`, if it is not
/// that.
bool read_payload(Reading& reading, const Path& type_path, std::string_view type, const Path& data_path,
                  std::optional<simdjson::dom::element> data, Payload& out);

}  // namespace chancery
