#include "core/zone_rule.hpp"

#include <algorithm>

namespace chancery {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

/// Takes the parts of a TZ string off its front. A part that is not there makes `good` false.
class ZoneRule::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool good() const { return good_; }
  bool done() const { return text_.empty(); }

  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) { good_ = take(c) && good_; }

  /// "EST" or "<+0330>".
  void name() {
    const bool bracketed = take('<');
    const std::size_t end = bracketed ? text_.find('>') : text_.find_first_of("+-0123456789,");
    good_ = good_ && end != std::string_view::npos && end > 0;
    if (!good_) return;
    text_.remove_prefix(end);
    if (bracketed) expect('>');
  }

  /// Up to three digits.
  unsigned number() {
    unsigned value = 0;
    std::size_t count = 0;
    for (; count < 3 && count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      value = value * 10 + static_cast<unsigned>(text_[count] - '0');
    }
    good_ = good_ && count > 0;
    text_.remove_prefix(count);
    return value;
  }

  /// [+-]h[:mm[:ss]]
  seconds time() {
    const bool negative = take('-');
    if (!negative) take('+');
    seconds value = std::chrono::hours{number()};
    if (take(':')) value += std::chrono::minutes{number()};
    if (take(':')) value += seconds{number()};
    return negative ? -value : value;
  }

  /// ,Mmonth.week.weekday[/time]
  Change change(seconds before, seconds after) {
    expect(',');
    expect('M');
    const unsigned month = number();
    expect('.');
    const unsigned week = number();
    expect('.');
    const unsigned weekday = number();
    good_ = good_ && month >= 1 && month <= 12 && week >= 1 && week <= 5 && weekday <= 6;
    const seconds at = take('/') ? time() : std::chrono::hours{2};
    return {std::chrono::month{month}, week, std::chrono::weekday{weekday}, at, before, after};
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

std::optional<ZoneRule> ZoneRule::parse(std::string_view tz) {
  Reader reader(tz);
  reader.name();
  // The sign of a TZ string is that of UTC seen from the zone.
  const seconds standard = -reader.time();
  if (!reader.good() || reader.done()) return std::nullopt;
  reader.name();
  if (!reader.good() || reader.done()) return std::nullopt;
  Reader ahead = reader;
  const seconds summer = ahead.take(',') ? standard + std::chrono::hours{1} : -reader.time();
  ZoneRule rule;
  rule.changes_[0] = reader.change(standard, summer);
  rule.changes_[1] = reader.change(summer, standard);
  if (!reader.good() || !reader.done()) return std::nullopt;
  return rule;
}

sys_seconds ZoneRule::Change::in(year of_year) const {
  const sys_days day =
      week == 5 ? sys_days{of_year / month / weekday[std::chrono::last]} : sys_days{of_year / month / weekday[week]};
  return day + time - before;
}

seconds ZoneRule::offset(sys_seconds instant) const {
  // No zone changes its clock around New Year, so that the year may be that of UTC.
  const year of_year = std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(instant)}.year();
  const sys_seconds start = changes_[0].in(of_year);
  const sys_seconds end = changes_[1].in(of_year);
  const bool between = start < end ? start <= instant && instant < end : !(end <= instant && instant < start);
  return changes_[between ? 0 : 1].after;
}

sys_seconds ZoneRule::first(std::chrono::local_seconds local) const {
  const sys_seconds as_utc{local.time_since_epoch()};
  const auto [behind, ahead] = std::minmax(changes_[0].after, changes_[1].after);
  // Nothing shows `local` before a clock that is as far ahead as it gets.
  if (offset(as_utc - ahead) == ahead) return as_utc - ahead;
  if (offset(as_utc - behind) == behind) return as_utc - behind;
  // The clock was put forward between the two, over `local` or right to it.
  const Change& forward = changes_[changes_[0].after > changes_[0].before ? 0 : 1];
  return forward.in(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(as_utc)}.year());
}

}  // namespace chancery
