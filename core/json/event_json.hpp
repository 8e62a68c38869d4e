#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "core/event.hpp"
#include "core/result.hpp"

/// Events as native JSON (events.md): what users give and see.
namespace chancery {

/// What may stand in a line besides the event itself.
struct ReadOptions {
  bool preserve_recorded =
      false;  ///< takes `recorded_at` and `recorded_by`, drops `position` and `revision`; else the four are refused
  std::string_view zone =
      {};  ///< written into an event that has an `occurred` and names no zone; empty: nothing is written in
  bool fresh_id = false;  ///< an absent id becomes a new UUIDv7 instead of a UUIDv5 of the content
};

/// One event as it was given, checked in everything that can be checked without a ledger.
struct Given {
  Event event;  ///< full form, id and (unless it is that of the event a record.* names) stream written in
  Instant earliest{}, latest{};            ///< of `occurred`; zero for record.*
  std::optional<Instant> deadline;         ///< the instant after the end of its expires, until or due, if it has one
  std::uint32_t local_month = 0;           ///< year * 12 + month - 1 of `earliest` in the event's zone; 0 for record.*
  std::optional<Instant> recorded_at;      ///< only with preserve_recorded
  std::optional<std::string> recorded_by;  ///< only with preserve_recorded
  bool stream_given =
      false;  ///< the stream stood in the line; a record.* without one has an empty stream until the ledger fills it in
};

/// Reads one JSON object (one line without its end). Every rule of events.md that needs no ledger is checked here, and
/// each refusal names the field by its dotted path ("data.persons[2]"), what was found and what is allowed. Not
/// thread-safe per reader: one parser a thread.
class EventReader {
 public:
  EventReader();
  ~EventReader();
  EventReader(EventReader&&) noexcept;
  Result<Given> read(std::string_view line, const ReadOptions& options = {});

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// The full form without output fields, keys in the order of events.md, minified, one line, appended to `out`.
void write_event(std::string& out, const Event& event);
/// As above, with position, revision (if seen), recorded_by (if any) and recorded_at.
void write_recorded(std::string& out, const Recorded& recorded);
/// 128 bits of SHA-256 over a form of the content in which equal contents (events.md, "Two contents are the same") are
/// equal.
std::array<std::uint8_t, 16> content_digest(const Event& event);

}  // namespace chancery
