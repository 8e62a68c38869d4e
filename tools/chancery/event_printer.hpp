#pragma once

#include <functional>
#include <iosfwd>
#include <memory>

#include "tools/chancery/chronology.hpp"
#include "tools/chancery/standing.hpp"

namespace chancery::cli {

/// A list of events in any format: native JSON, with `{position, events}` around it in Format::json; a line each for people, shorter on
/// a narrow terminal; a chronology in Format::md.
class EventPrinter {
 public:
  /// Calls `take` for each event of the list.
  using EachEvent = std::function<void(const std::function<void(const Recorded& seen)>& take)>;
  /// `reading` must outlive it. The position goes to stderr with the formats that have no place for it. `again` gives all that were added
  /// once more: for formats that need them twice, so that memory does not grow with the list.
  EventPrinter(const Context& context, const Reading& reading, Format format, EachEvent again);
  void add(const Recorded& seen);
  /// Called once, after the last event.
  void finish();

 private:
  std::string line_of(const Recorded& seen) const { return people_ ? line_for_people(seen) : event_json(seen); }
  std::string line_for_people(const Recorded& seen) const;

  const Reading& reading_;
  const Standing standing_;
  const bool people_, narrow_;
  std::unique_ptr<RowPrinter> rows_;         // one of the two
  std::unique_ptr<Chronology> chronology_;
};

}  // namespace chancery::cli
