#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/instant.hpp"

namespace chancery {

/// The clock of one IANA zone, as the machine's zone database has it: the changes that the zone's file lists and, after
/// the last of them, the rule that the file ends with. A cheap handle, good for the life of the process; any thread may
/// use it.
class Zone {
 public:
  /// The zone of that name, nothing if the database has none. Links are zones too (`US/Eastern`); case matters.
  static std::optional<Zone> find(std::string_view iana) noexcept;

  /// The first instant of a day: where its midnight is skipped, the first after the gap; where it comes twice, the
  /// first. A day that the zone never had has the same first instant as the next. Cost: about 0.1 us.
  Instant day_start(std::chrono::local_days day) const;

  /// What the zone's clock is ahead of UTC.
  std::chrono::seconds offset(Instant instant) const;

 private:
  struct Clock;
  static const Clock* locate(std::string_view iana);

  explicit Zone(const Clock* clock) : clock_(clock) {}

  const Clock* clock_;  // never freed; null in UTC
};

/// Whether `iana` names a zone, link or not. Case matters. Never throws.
bool zone_exists(std::string_view iana) noexcept;

/// "YYYY-MM": the calendar month of an instant in a zone. A zone that does not exist counts as UTC, here and below.
std::string month_in_zone(Instant instant, std::string_view zone);

/// For people to read: the local date "YYYY-MM-DD" or, `with_time`, "YYYY-MM-DD HH:MM:SS" and the microseconds unless
/// zero.
std::string format_local(Instant instant, std::string_view zone, bool with_time);

}  // namespace chancery
