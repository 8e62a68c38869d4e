#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/json/event_json.hpp"

/// Events as CloudEvents 1.0 in their JSON format (interfaces.md, "CloudEvents").
namespace chancery {

/// Appends the event, minified, one line. `source_uri` is what the ledger is called to the outside. `data` is the
/// native event as write_recorded gives it.
void write_cloud_event(std::string& out, const Recorded& recorded, std::string_view source_uri);

/// Reads CloudEvents back, one at a time. Not thread-safe per reader.
class CloudEventReader {
 public:
  CloudEventReader();
  ~CloudEventReader();
  CloudEventReader(CloudEventReader&&) noexcept;

  /// The event in `data`, checked as EventReader does. `id` and `subject` are its id and stream where `data` names
  /// none; where it does, and for `type`, they must agree. The output fields of `data` and `recordedtime` come from the
  /// ledger that wrote it: with `preserve_recorded` they count as there, without it they are left aside. Other
  /// attributes are not looked at.
  Result<Given> read(std::string_view json, const ReadOptions& options = {});

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace chancery
