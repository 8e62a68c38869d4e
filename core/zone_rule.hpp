#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "core/instant.hpp"

namespace chancery {

/// A clock that changes twice a year, for ever: what the last line of a zone file (RFC 9636, "TZ string") says of all
/// years after the changes that the file lists one by one.
class ZoneRule {
 public:
  /// Reads a TZ string such as "EST5EDT,M3.2.0,M11.1.0" or "<-02>2<-01>,M3.5.0/-1,M10.5.0/0". Nothing for a clock that
  /// never changes, and for changes told by the day of the year, which no zone of the database has.
  static std::optional<ZoneRule> parse(std::string_view tz);

  /// What the clock is ahead of UTC.
  std::chrono::seconds offset(std::chrono::sys_seconds instant) const;

  /// The first instant at which the clock shows `local` or later.
  std::chrono::sys_seconds first(std::chrono::local_seconds local) const;

 private:
  /// One change, on the n-th of a weekday in a month; the fifth is the last.
  struct Change {
    std::chrono::month month{};
    unsigned week = 0;
    std::chrono::weekday weekday;
    std::chrono::seconds time{};  ///< after the local midnight before the change; may be negative or more than a day
    std::chrono::seconds before{};
    std::chrono::seconds after{};

    std::chrono::sys_seconds in(std::chrono::year year) const;
  };
  class Reader;

  std::array<Change, 2> changes_;
};

}  // namespace chancery
