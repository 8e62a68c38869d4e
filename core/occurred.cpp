#include "core/occurred.hpp"

#include "core/digits.hpp"
#include "core/edtf_parse.hpp"
#include "core/zone.hpp"

namespace chancery {
namespace {

constexpr std::chrono::microseconds one_microsecond{1};
constexpr Instant deadline_latest_max =
    Instant{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}} - one_microsecond;

UtcSpan in_zone(const EdtfPoint& point, const Zone& zone) {
  if (const auto* span = std::get_if<UtcSpan>(&point.span)) return *span;
  const auto& days = std::get<LocalDays>(point.span);
  return {zone.day_start(days.first), zone.day_start(days.next) - one_microsecond};
}

/// Only a day that the zone skipped is over before it begins: it begins where the next one does.
bool never_was(const UtcSpan& span) { return span.latest < span.earliest; }

/// The refusal of a skipped day, which is the first or the last of the string.
Failure refuse_skipped_day(std::string_view field, std::string_view edtf, const EdtfPoint& point,
                           std::string_view zone) {
  std::string allowed = "a day that the zone " + std::string(zone) + " had; it skipped ";
  append_date(allowed, std::chrono::sys_days{std::get<LocalDays>(point.span).first.time_since_epoch()});
  return refused(std::string(field), quoted(edtf), std::move(allowed));
}

}  // namespace

Result<Occurred> resolve_occurred(std::string_view field, std::string_view edtf, std::string_view zone) {
  const auto text = parse_edtf(edtf);
  if (!text) return refused(std::string(field), quoted(edtf), std::string(text.error()));
  const auto rules = Zone::find(zone);
  if (!rules) {
    return refused("zone", quoted(zone),
                   "the name of an IANA time zone, such as Europe/Minsk or America/New_York, or UTC");
  }

  const UtcSpan start = in_zone(text->start, *rules);
  if (never_was(start)) return refuse_skipped_day(field, edtf, text->start, zone);
  Occurred occurred{start.earliest, start.latest, text->start.qualified, text->open_end};
  if (!text->end) return occurred;

  const UtcSpan end = in_zone(*text->end, *rules);
  if (never_was(end)) return refuse_skipped_day(field, edtf, *text->end, zone);
  if (end.latest < start.earliest) {
    return refused(std::string(field), quoted(edtf),
                   "an interval whose end is not over before its start begins, as in 2025-09-01/2025-09-05");
  }
  occurred.latest = end.latest;
  occurred.qualified = text->start.qualified || text->end->qualified;
  return occurred;
}

Result<Instant> resolve_deadline(std::string_view field, std::string_view edtf, std::string_view zone) {
  const auto occurred = resolve_occurred(field, edtf, zone);
  if (!occurred) return tl::unexpected(occurred.error());
  if (occurred->open_end) {
    return refused(std::string(field), quoted(edtf),
                   "a date that ends, as in 2025-12-31; without an end, leave the field out");
  }
  if (occurred->latest > deadline_latest_max) {
    return refused(std::string(field), quoted(edtf),
                   "a date whose end, in UTC, is in the year 9998 or before; without an end, leave the field out");
  }
  return occurred->latest + one_microsecond;
}

}  // namespace chancery
