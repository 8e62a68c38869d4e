#pragma once

#include <iosfwd>
#include <memory>

#include "tools/chancery/chronology.hpp"
#include "tools/chancery/standing.hpp"

namespace chancery::cli {

/// A list of events in any format: native JSON, with `{position, events}` around it in Format::json; a line each for people, shorter on
/// a narrow terminal; a chronology in Format::md.
class EventPrinter {
 public:
  /// `reading` must outlive it. The position goes to stderr with the formats that have no place for it.
  EventPrinter(const Context& context, const Reading& reading, Format format);
  void add(const Recorded& seen);
  /// Called once, after the last event.
  void finish();

 private:
  std::string line_for_people(const Recorded& seen) const;

  const Reading& reading_;
  const Standing standing_;
  const bool people_, narrow_;
  std::unique_ptr<RowPrinter> rows_;         // one of the two
  std::unique_ptr<Chronology> chronology_;
};

}  // namespace chancery::cli
