#include "core/zone.hpp"

#include <date/tz.h>

#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/digits.hpp"
#include "core/zone_rule.hpp"

namespace chancery {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Where the library, as Debian builds it, reads the zone files too.
constexpr std::string_view zone_folder = "/usr/share/zoneinfo/";

/// The rule in the last line of an existing zone's file, which the library does not read: it would keep New York in
/// winter from November 2037 on.
std::optional<ZoneRule> read_rule(std::string_view iana) {
  std::ifstream file(std::string(zone_folder) + std::string(iana), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!text.ends_with('\n')) return std::nullopt;
  text.pop_back();
  return ZoneRule::parse(std::string_view(text).substr(text.rfind('\n') + 1));
}

/// Whether a time is after all changes that the zone's file lists: the library says that such a time ends with its
/// calendar.
bool is_after_list(const date::sys_info& info) { return info.end > sys_days{std::chrono::year{20000} / 1 / 1}; }

std::chrono::sys_time<std::chrono::microseconds> to_local(Instant instant, std::string_view zone) {
  const auto found = Zone::find(zone);
  return found ? instant + found->offset(instant) : instant;
}

}  // namespace

struct Zone::Clock {
  const date::time_zone* list;
  std::optional<ZoneRule> rule;
};

const Zone::Clock* Zone::locate(std::string_view iana) {
  // The library's search and the reading of a file cost more than all else here. Zones that do not exist are not kept.
  static std::shared_mutex mutex;
  static std::map<std::string, Clock, std::less<>> known;  // protected by mutex
  {
    const std::shared_lock lock(mutex);
    const auto found = known.find(iana);
    if (found != known.end()) return &found->second;
  }
  // A file of the folder that the library takes for a zone: the machine's own.
  if (iana == "localtime") return nullptr;
  // One thread at a time makes the library read its files, and reads all it will need now, so that nothing can fail
  // later.
  const std::unique_lock lock(mutex);
  const date::time_zone* list = date::locate_zone(iana);
  list->get_info(date::sys_seconds{});
  return &known.try_emplace(std::string(iana), Clock{list, read_rule(iana)}).first->second;
}

std::optional<Zone> Zone::find(std::string_view iana) noexcept {
  if (iana == "UTC") return Zone(nullptr);
  try {
    const Clock* clock = locate(iana);
    if (clock != nullptr) return Zone(clock);
  } catch (...) {
    // The library throws for a zone that does not exist, and where it cannot read its files.
  }
  return std::nullopt;
}

Instant Zone::day_start(std::chrono::local_days day) const {
  if (clock_ == nullptr) return sys_days{day.time_since_epoch()};
  const date::local_seconds midnight{day.time_since_epoch()};
  const date::local_info info = clock_->list->get_info(midnight);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  if (clock_->rule && is_after_list(info.first)) return clock_->rule->first(day);
  return Instant{midnight.time_since_epoch() - info.first.offset};
}

seconds Zone::offset(Instant instant) const {
  if (clock_ == nullptr) return seconds{0};
  const auto second = std::chrono::floor<seconds>(instant);
  const date::sys_info info = clock_->list->get_info(second);
  return clock_->rule && is_after_list(info) ? clock_->rule->offset(second) : info.offset;
}

bool zone_exists(std::string_view iana) noexcept { return Zone::find(iana).has_value(); }

std::string month_in_zone(Instant instant, std::string_view zone) {
  const year_month_day date{std::chrono::floor<days>(to_local(instant, zone))};
  std::string text;
  append_year(text, date.year());
  text += '-';
  append_digits(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  return text;
}

std::string format_local(Instant instant, std::string_view zone, bool with_time) {
  const auto local = to_local(instant, zone);
  const sys_days day = std::chrono::floor<days>(local);
  std::string text;
  append_date(text, day);
  if (!with_time) return text;
  text += ' ';
  append_time_of_day(text, local - day);
  return text;
}

}  // namespace chancery
