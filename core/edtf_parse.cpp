#include "core/edtf_parse.hpp"

#include "core/digits.hpp"

namespace chancery {
namespace {

using std::chrono::local_days;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr EdtfRefusal allowed_years = "a year from 0001 to 9999, as in 2025-09-11";
constexpr EdtfRefusal allowed_months =
    "a month 01 to 12 or a season 21 (spring) to 24 (winter), as in 2025-09 or 2025-21";
constexpr EdtfRefusal allowed_days = "a day that its month has, as in 2025-09-11";
constexpr EdtfRefusal allowed_unspecified =
    "unspecified digits as in 201X, 20XX, 2025-XX, 2025-XX-XX or 2025-09-XX, and no others";
constexpr EdtfRefusal allowed_offset =
    "a date-time with Z or an offset +HH:MM, as in 2025-09-11T10:00Z or 2025-09-11T10:00:00.5+03:00";
constexpr EdtfRefusal allowed_clock = "hours 00 to 23, minutes and seconds 00 to 59, as in 2025-09-11T10:00:00Z";
constexpr EdtfRefusal allowed_fraction = "one to six digits after the point, as in 2025-09-11T10:00:00.123456Z";
constexpr EdtfRefusal allowed_qualifier =
    "one of ? ~ % at the end of a date, a season or an X-form, as in 2025-09?; a date-time takes none";
constexpr EdtfRefusal allowed_start = "an interval with a known start, as in 2025-09-01/2025-09-05 or 2025-09-01/..";

using Days = tl::expected<LocalDays, EdtfRefusal>;

tl::unexpected<EdtfRefusal> refuse(EdtfRefusal allowed) { return tl::unexpected<EdtfRefusal>(allowed); }

bool is_qualifier(char c) { return c == '?' || c == '~' || c == '%'; }

bool is_year(int number) { return number >= 1 && number <= 9999; }

local_days first_day(int of_year, unsigned of_month = 1) { return local_days{year{of_year} / month{of_month} / 1}; }

LocalDays whole_years(int first, int next) { return {first_day(first), first_day(next)}; }

/// `count` months from `of_month` on, which may run into the next year.
LocalDays whole_months(int of_year, int of_month, int count) {
  const year_month_day first = year{of_year} / month{static_cast<unsigned>(of_month)} / 1;
  return {local_days{first}, local_days{first + std::chrono::months{count}}};
}

/// YYYY, YYYX, YYXX. The century 00XX and the decade 000X would begin in year 0.
Days parse_years(std::string_view text) {
  const std::size_t known = text.find('X');
  if (known == std::string_view::npos) {
    const int number = digits_at(text, 0, 4);
    if (number < 0) return refuse(edtf_examples);
    if (!is_year(number)) return refuse(allowed_years);
    return whole_years(number, number + 1);
  }
  const int number = digits_at(text, 0, known);
  if (known < 2 || number < 0 || text.find_first_not_of('X', known) != std::string_view::npos) {
    return refuse(allowed_unspecified);
  }
  if (number == 0) return refuse(allowed_years);
  const int width = known == 2 ? 100 : 10;
  return whole_years(number * width, (number + 1) * width);
}

/// YYYY-MM, YYYY-XX, YYYY-SS.
Days parse_months(std::string_view text, int of_year) {
  if (text.substr(5) == "XX") return whole_years(of_year, of_year + 1);
  const int number = digits_at(text, 5, 2);
  if (number >= 1 && number <= 12) return whole_months(of_year, number, 1);
  if (number >= 21 && number <= 24) return whole_months(of_year, (number - 20) * 3, 3);
  if (number < 0) return refuse(text.find('X') == std::string_view::npos ? edtf_examples : allowed_unspecified);
  return refuse(number < 20 ? edtf_examples : allowed_months);
}

/// YYYY-MM-DD, YYYY-MM-XX, YYYY-XX-XX.
Days parse_day(std::string_view text, int of_year) {
  if (text.substr(5) == "XX-XX") return whole_years(of_year, of_year + 1);
  const int of_month = digits_at(text, 5, 2);
  const int number = digits_at(text, 8, 2);
  if (of_month >= 1 && of_month <= 12 && text.substr(8) == "XX") return whole_months(of_year, of_month, 1);
  if (of_month < 0 || number < 0) {
    return refuse(text.find('X') == std::string_view::npos ? edtf_examples : allowed_unspecified);
  }
  const year_month_day day = year{of_year} / month(static_cast<unsigned>(of_month)) / number;
  if (!day.ok()) return refuse(allowed_days);
  return LocalDays{local_days{day}, local_days{day} + std::chrono::days{1}};
}

Days parse_days(std::string_view text) {
  if (text.size() == 4) return parse_years(text);
  const bool shaped = (text.size() == 7 || text.size() == 10) && text[4] == '-' && (text.size() == 7 || text[7] == '-');
  if (!shaped) return refuse(text.starts_with("XXXX") ? allowed_unspecified : edtf_examples);
  const int of_year = digits_at(text, 0, 4);
  if (of_year < 0)
    return refuse(text.substr(0, 4).find('X') == std::string_view::npos ? edtf_examples : allowed_unspecified);
  if (!is_year(of_year)) return refuse(allowed_years);
  return text.size() == 7 ? parse_months(text, of_year) : parse_day(text, of_year);
}

struct ClockTime {
  std::chrono::microseconds since_midnight;
  std::chrono::microseconds step;  ///< the unit it is precise to
  std::string_view rest;           ///< what follows it in the text
};

/// HH:MM, HH:MM:SS or HH:MM:SS.f with up to six digits, at the front of `text`.
tl::expected<ClockTime, EdtfRefusal> parse_clock(std::string_view text) {
  const int hour = digits_at(text, 0, 2);
  const int minute = digits_at(text, 3, 2);
  if (hour < 0 || minute < 0 || text[2] != ':') return refuse(edtf_examples);
  if (hour > 23 || minute > 59) return refuse(allowed_clock);
  ClockTime clock{std::chrono::hours{hour} + std::chrono::minutes{minute}, std::chrono::minutes{1}, text.substr(5)};
  if (!clock.rest.starts_with(':')) return clock;

  const int second = digits_at(text, 6, 2);
  if (second < 0) return refuse(edtf_examples);
  if (second > 59) return refuse(allowed_clock);
  clock.since_midnight += std::chrono::seconds{second};
  clock.step = std::chrono::seconds{1};
  clock.rest.remove_prefix(3);
  if (!clock.rest.starts_with('.')) return clock;

  clock.rest.remove_prefix(1);
  std::size_t count = 0;
  for (; digits_at(clock.rest, 0, 1) >= 0; clock.rest.remove_prefix(1)) {
    if (++count > 6) return refuse(allowed_fraction);
    clock.step /= 10;
    clock.since_midnight += clock.step * digits_at(clock.rest, 0, 1);
  }
  if (count == 0) return refuse(allowed_fraction);
  return clock;
}

/// `Z`, `+HH:MM` or `-HH:MM`, below a day. `-00:00`, which RFC 3339 has for an unknown place, names the same instant as
/// `Z`.
tl::expected<std::chrono::minutes, EdtfRefusal> parse_offset(std::string_view text) {
  if (text == "Z") return std::chrono::minutes{0};
  const int hour = digits_at(text, 1, 2);
  const int minute = digits_at(text, 4, 2);
  const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!shaped || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return refuse(!text.empty() && is_qualifier(text.back()) ? allowed_qualifier : allowed_offset);
  }
  const auto offset = std::chrono::hours{hour} + std::chrono::minutes{minute};
  return text[0] == '-' ? -offset : offset;
}

tl::expected<EdtfPoint, EdtfRefusal> parse_point(std::string_view text) {
  if (text.find('T') != std::string_view::npos) {
    return parse_date_time(text).map([](const UtcSpan& span) { return EdtfPoint{span, false}; });
  }
  const bool qualified = !text.empty() && is_qualifier(text.back());
  if (qualified) text.remove_suffix(1);
  if (!text.empty() && is_qualifier(text.back())) return refuse(allowed_qualifier);
  return parse_days(text).map([qualified](const LocalDays& days) { return EdtfPoint{days, qualified}; });
}

}  // namespace

tl::expected<UtcSpan, EdtfRefusal> parse_date_time(std::string_view text) {
  if (text.size() < 11 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return refuse(edtf_examples);
  const int number = digits_at(text, 0, 4);
  if (number < 0 || digits_at(text, 5, 2) < 0 || digits_at(text, 8, 2) < 0) return refuse(edtf_examples);
  if (!is_year(number)) return refuse(allowed_years);
  const auto day = parse_day(text.substr(0, 10), number);
  if (!day) return refuse(day.error());
  const auto clock = parse_clock(text.substr(11));
  if (!clock) return refuse(clock.error());
  const auto offset = parse_offset(clock->rest);
  if (!offset) return refuse(offset.error());
  const Instant earliest{day->first.time_since_epoch() + clock->since_midnight - *offset};
  return UtcSpan{earliest, earliest + clock->step - std::chrono::microseconds{1}};
}

tl::expected<EdtfText, EdtfRefusal> parse_edtf(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view start = text.substr(0, slash);
  if (slash != std::string_view::npos && (start.empty() || start == "..")) return refuse(allowed_start);
  const auto first = parse_point(start);
  if (!first) return refuse(first.error());
  if (slash == std::string_view::npos) return EdtfText{*first, std::nullopt, false};

  const std::string_view end = text.substr(slash + 1);
  if (end.empty() || end == "..") return EdtfText{*first, std::nullopt, true};
  const auto last = parse_point(end);
  if (!last) return refuse(last.error());
  return EdtfText{*first, *last, false};
}

}  // namespace chancery
