#pragma once

#include <iosfwd>

#include "tools/chancery/standing.hpp"

namespace chancery::cli {

/// What happened, as Markdown: a heading for each date, each event's sentence, and the sources it rests on, those of record.sourced
/// too. What does not stand, and record.*, are left out and counted.
class Chronology {
 public:
  Chronology(const Reading& reading, std::ostream& out);
  void add(const Recorded& seen);
  void finish();

 private:
  void add_sources(const Recorded& seen);

  const Reading& reading_;
  const Standing standing_;
  std::ostream& out_;
  std::string heading_;
  std::uint64_t left_out_ = 0;
};

/// A source in one line: "title, publisher, published".
std::string source_in_words(const Source& source);

}  // namespace chancery::cli
