#include "core/zone.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/zone_rule.hpp"

using namespace chancery;
using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::seconds;
using std::chrono::sys_days;

namespace {

Instant instant(std::string_view text) { return parse_instant("text", text).value(); }

Zone zone(std::string_view name) { return Zone::find(name).value(); }

/// The clocks that are hard in one way or another: skipped and repeated midnights, half hours, skipped days, negative
/// summer time, rules with times below zero and above a day, and none.
constexpr std::array<std::string_view, 22> hard_zones = {"UTC",
                                                         "Europe/Minsk",
                                                         "America/New_York",
                                                         "America/Havana",
                                                         "Asia/Beirut",
                                                         "Pacific/Apia",
                                                         "Asia/Tokyo",
                                                         "Europe/Dublin",
                                                         "America/Nuuk",
                                                         "America/Santiago",
                                                         "Australia/Lord_Howe",
                                                         "America/St_Johns",
                                                         "Asia/Gaza",
                                                         "Africa/Casablanca",
                                                         "America/Juneau",
                                                         "Asia/Manila",
                                                         "Asia/Jerusalem",
                                                         "Africa/Cairo",
                                                         "Asia/Kolkata",
                                                         "Asia/Tehran",
                                                         "Antarctica/Troll",
                                                         "Pacific/Kiritimati"};

std::uint64_t seed() {
  const char* given = std::getenv("CHANCERY_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace

TEST_CASE("zones and their links exist, in their own spelling only") {
  for (const std::string_view name :
       {"UTC", "Etc/UTC", "Etc/GMT+12", "Europe/Minsk", "Europe/Kyiv", "Europe/Kiev", "US/Eastern",
        "America/Argentina/Buenos_Aires", "Asia/Calcutta", "GMT", "EST5EDT", "Zulu"}) {
    CAPTURE(name);
    CHECK(zone_exists(name));
  }
  using namespace std::string_view_literals;
  for (const std::string_view name : {""sv,
                                      " "sv,
                                      "utc"sv,
                                      "europe/minsk"sv,
                                      "EUROPE/MINSK"sv,
                                      "Europe/Minsk "sv,
                                      " Europe/Minsk"sv,
                                      "Europe/"sv,
                                      "Europe"sv,
                                      "Europe/Atlantis"sv,
                                      "/Europe/Minsk"sv,
                                      "../zoneinfo/UTC"sv,
                                      "posix/Europe/Minsk"sv,
                                      "right/Europe/Minsk"sv,
                                      "posixrules"sv,
                                      "localtime"sv,
                                      "leapseconds"sv,
                                      "tzdata.zi"sv,
                                      "zone.tab"sv,
                                      "+03:00"sv,
                                      "UTC+3"sv,
                                      "UTC\0"sv,
                                      "Minsk"sv,
                                      "MSK"sv}) {
    CAPTURE(name);
    CHECK_FALSE(zone_exists(name));
  }
}

TEST_CASE("a zone's clock is what it was, is and by its rule will be ahead of UTC") {
  struct Case {
    std::string_view zone, instant;
    seconds offset;
  };
  for (const Case& c : {Case{"UTC", "2025-09-11T10:00:00Z", 0h},
                        {"Europe/Minsk", "2025-09-11T10:00:00Z", 3h},
                        {"Europe/Minsk", "2010-12-31T22:00:00Z", 2h},
                        {"Europe/Minsk", "1850-06-01T00:00:00Z", 1h + 50min + 16s},
                        {"America/New_York", "2025-03-09T06:59:59.999999Z", -5h},
                        {"America/New_York", "2025-03-09T07:00:00Z", -4h},
                        {"America/New_York", "2037-12-01T00:00:00Z", -5h},
                        {"America/New_York", "2038-07-01T00:00:00Z", -4h},
                        {"America/New_York", "2100-03-14T06:59:59.999999Z", -5h},
                        {"America/New_York", "2100-03-14T07:00:00Z", -4h},
                        {"America/New_York", "2100-11-07T05:59:59Z", -4h},
                        {"America/New_York", "2100-11-07T06:00:00Z", -5h},
                        {"Europe/Dublin", "2060-07-01T00:00:00Z", 1h},
                        {"Europe/Dublin", "2060-12-01T00:00:00Z", 0h},
                        {"Australia/Lord_Howe", "2060-01-01T00:00:00Z", 11h},
                        {"Australia/Lord_Howe", "2060-07-01T00:00:00Z", 10h + 30min},
                        {"Asia/Tokyo", "2500-07-01T00:00:00Z", 9h}}) {
    CAPTURE(c.zone, c.instant);
    CHECK(zone(c.zone).offset(instant(c.instant)) == c.offset);
  }
}

TEST_CASE("the month of an instant is the month that its zone's calendar shows then") {
  CHECK(month_in_zone(instant("2025-08-31T21:00:00Z"), "Europe/Minsk") == "2025-09");
  CHECK(month_in_zone(instant("2025-08-31T20:59:59.999999Z"), "Europe/Minsk") == "2025-08");
  CHECK(month_in_zone(instant("2025-08-31T21:00:00Z"), "UTC") == "2025-08");
  CHECK(month_in_zone(instant("2026-01-01T04:59:59Z"), "America/New_York") == "2025-12");
  CHECK(month_in_zone(instant("2050-08-01T03:59:59Z"), "America/New_York") == "2050-07");
  CHECK(month_in_zone(instant("2050-08-01T04:00:00Z"), "America/New_York") == "2050-08");
  CHECK(month_in_zone(instant("1969-12-31T23:59:59.999999Z"), "UTC") == "1969-12");
  CHECK(month_in_zone(instant("0001-01-01T00:00:00Z"), "UTC") == "0001-01");
  CHECK(month_in_zone(instant("9999-12-31T23:59:59.999999Z"), "UTC") == "9999-12");
  CHECK(month_in_zone(instant("2025-08-31T21:00:00Z"), "Europe/Atlantis") == "2025-08");
}

TEST_CASE("a table shows the date, or the time to the second or microsecond, of a zone") {
  const Instant release = instant("2025-09-11T10:00:00Z");
  CHECK(format_local(release, "Europe/Minsk", false) == "2025-09-11");
  CHECK(format_local(release, "Europe/Minsk", true) == "2025-09-11 13:00:00");
  CHECK(format_local(release, "UTC", true) == "2025-09-11 10:00:00");
  CHECK(format_local(instant("2025-09-10T21:00:00Z"), "Europe/Minsk", false) == "2025-09-11");
  CHECK(format_local(instant("2025-09-10T21:00:00Z"), "UTC", false) == "2025-09-10");
  CHECK(format_local(instant("2025-09-11T20:59:59.999999Z"), "Europe/Minsk", true) == "2025-09-11 23:59:59.999999");
  CHECK(format_local(instant("2025-09-11T00:00:00.000001Z"), "America/New_York", true) == "2025-09-10 20:00:00.000001");
  CHECK(format_local(instant("1969-12-31T23:59:59.5Z"), "UTC", true) == "1969-12-31 23:59:59.500000");
}

TEST_CASE("a day's first instant is the first at which its zone's clock shows that day or a later one") {
  const std::uint64_t used = seed();
  CAPTURE(used);
  std::mt19937_64 random(used);
  const local_days first{std::chrono::year{1840} / 1 / 1};
  std::uniform_int_distribution<int> some_day(0, 280'000);  // to the year 2606
  for (const std::string_view name : hard_zones) {
    CAPTURE(name);
    const Zone clock = zone(name);
    int wrong = 0;
    for (int n = 0; n < 2000; ++n) {
      const local_days day = first + std::chrono::days{some_day(random)};
      const auto midnight = day.time_since_epoch();
      const Instant start = clock.day_start(day);
      const Instant before = start - 1us;
      const bool shows_it = start.time_since_epoch() + clock.offset(start) >= midnight;
      const bool not_yet_before = before.time_since_epoch() + clock.offset(before) < midnight;
      if (!shows_it || !not_yet_before || clock.day_start(day + std::chrono::days{1}) < start) {
        ++wrong;
        UNSCOPED_INFO(format_instant(Instant{midnight}) << " begins at " << format_instant(start));
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("a day that a zone skipped begins where the next one does") {
  const auto apia = zone("Pacific/Apia");
  const local_days skipped{std::chrono::year{2011} / 12 / 30};
  CHECK(apia.day_start(skipped) == instant("2011-12-30T10:00:00Z"));
  CHECK(apia.day_start(skipped + std::chrono::days{1}) == instant("2011-12-30T10:00:00Z"));
  CHECK(apia.day_start(skipped - std::chrono::days{1}) == instant("2011-12-29T10:00:00Z"));
}

TEST_CASE("many threads may look for zones at once") {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&wrong] {
      for (int round = 0; round < 50; ++round) {
        for (const std::string_view name : hard_zones) wrong += !zone_exists(name);
        wrong += zone_exists("Europe/Atlantis");
        wrong += month_in_zone(instant("2050-08-01T03:59:59Z"), "America/New_York") != "2050-07";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("the rule of a zone file's last line is read in every form the database uses") {
  struct Case {
    std::string_view tz, instant;
    seconds offset;
  };
  for (const Case& c : {Case{"EST5EDT,M3.2.0,M11.1.0", "2045-07-01T00:00:00Z", -4h},
                        {"EST5EDT,M3.2.0,M11.1.0", "2045-12-01T00:00:00Z", -5h},
                        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2045-07-01T00:00:00Z", 10h + 30min},
                        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2045-03-26T00:59:59Z", -2h},
                        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2045-03-26T01:00:00Z", -1h},
                        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2045-03-24T23:59:59Z", 2h},
                        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2045-03-25T00:00:00Z", 3h},
                        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2045-01-01T00:00:00Z", 0h},
                        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2045-06-01T00:00:00Z", 1h},
                        {"XXX3:30:15YYY2:30:15,M3.2.0/2:30:30,M11.1.0", "2045-01-01T00:00:00Z", -(3h + 30min + 15s)}}) {
    CAPTURE(c.tz, c.instant);
    const auto rule = ZoneRule::parse(c.tz);
    REQUIRE(rule);
    CHECK(rule->offset(std::chrono::floor<seconds>(instant(c.instant))) == c.offset);
  }
}

TEST_CASE("a clock that never changes, and a line that is no rule, give none") {
  for (const std::string_view tz :
       {"", "UTC0", "<+03>-3", "EST5", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,", "5",
        "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0,M11.1.0 ",
        "EST5EDT,J60,J300", "EST5EDT,M3.2.0/x,M11.1.0", "<+03", "<>3<>,M3.2.0,M11.1.0", "TZif2"}) {
    CAPTURE(tz);
    CHECK_FALSE(ZoneRule::parse(tz));
  }
}
