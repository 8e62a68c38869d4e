#include "core/occurred.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace chancery;

namespace {

struct Case {
  std::string_view edtf;
  std::string_view zone;
  std::string_view earliest;
  std::string_view latest;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.edtf, c.zone);
    const auto occurred = resolve_occurred("occurred", c.edtf, c.zone);
    if (!occurred) FAIL(occurred.error().message());
    CHECK(format_instant(occurred->earliest) == c.earliest);
    CHECK(format_instant(occurred->latest) == c.latest);
  }
}

Occurred resolved(std::string_view edtf, std::string_view zone = "UTC") {
  const auto occurred = resolve_occurred("occurred", edtf, zone);
  if (!occurred) FAIL(occurred.error().message());
  return *occurred;
}

}  // namespace

TEST_CASE("a day, a month and a year last from their first instant in their zone to the microsecond before the next") {
  check({
      {"2025-09-11", "UTC", "2025-09-11T00:00:00Z", "2025-09-11T23:59:59.999999Z"},
      {"2025-09-11", "Europe/Minsk", "2025-09-10T21:00:00Z", "2025-09-11T20:59:59.999999Z"},
      {"2025-09-11", "Etc/UTC", "2025-09-11T00:00:00Z", "2025-09-11T23:59:59.999999Z"},
      {"2025-09-11", "US/Eastern", "2025-09-11T04:00:00Z", "2025-09-12T03:59:59.999999Z"},
      {"2025-09-11", "Asia/Kolkata", "2025-09-10T18:30:00Z", "2025-09-11T18:29:59.999999Z"},
      {"2025-09-11", "Pacific/Kiritimati", "2025-09-10T10:00:00Z", "2025-09-11T09:59:59.999999Z"},
      {"2025-09-11", "Etc/GMT+12", "2025-09-11T12:00:00Z", "2025-09-12T11:59:59.999999Z"},
      {"2025-09", "UTC", "2025-09-01T00:00:00Z", "2025-09-30T23:59:59.999999Z"},
      {"2025-03", "America/New_York", "2025-03-01T05:00:00Z", "2025-04-01T03:59:59.999999Z"},
      {"2025-12", "UTC", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59.999999Z"},
      {"2024-02", "UTC", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999999Z"},
      {"2024-02-29", "UTC", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999999Z"},
      {"2000-02-29", "UTC", "2000-02-29T00:00:00Z", "2000-02-29T23:59:59.999999Z"},
      {"2025", "UTC", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59.999999Z"},
      {"2025", "Europe/Minsk", "2024-12-31T21:00:00Z", "2025-12-31T20:59:59.999999Z"},
      {"2011", "Europe/Minsk", "2010-12-31T22:00:00Z", "2011-12-31T20:59:59.999999Z"},
      {"1985", "America/New_York", "1985-01-01T05:00:00Z", "1986-01-01T04:59:59.999999Z"},
  });
}

TEST_CASE("a season is three months from March, June, September or December, and winter ends in the next year") {
  check({
      {"2025-21", "UTC", "2025-03-01T00:00:00Z", "2025-05-31T23:59:59.999999Z"},
      {"2025-22", "UTC", "2025-06-01T00:00:00Z", "2025-08-31T23:59:59.999999Z"},
      {"2025-23", "UTC", "2025-09-01T00:00:00Z", "2025-11-30T23:59:59.999999Z"},
      {"2025-24", "UTC", "2025-12-01T00:00:00Z", "2026-02-28T23:59:59.999999Z"},
      {"2023-24", "UTC", "2023-12-01T00:00:00Z", "2024-02-29T23:59:59.999999Z"},
      {"2025-21", "America/New_York", "2025-03-01T05:00:00Z", "2025-06-01T03:59:59.999999Z"},
      {"2025-24", "Australia/Sydney", "2025-11-30T13:00:00Z", "2026-02-28T12:59:59.999999Z"},
  });
}

TEST_CASE("unspecified digits are as wide as what they leave open") {
  check({
      {"201X", "UTC", "2010-01-01T00:00:00Z", "2019-12-31T23:59:59.999999Z"},
      {"20XX", "UTC", "2000-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z"},
      {"001X", "UTC", "0010-01-01T00:00:00Z", "0019-12-31T23:59:59.999999Z"},
      {"01XX", "UTC", "0100-01-01T00:00:00Z", "0199-12-31T23:59:59.999999Z"},
      {"2025-XX", "UTC", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59.999999Z"},
      {"2025-XX-XX", "Europe/Minsk", "2024-12-31T21:00:00Z", "2025-12-31T20:59:59.999999Z"},
      {"2025-09-XX", "Europe/Minsk", "2025-08-31T21:00:00Z", "2025-09-30T20:59:59.999999Z"},
      {"2024-02-XX", "UTC", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999999Z"},
  });
  CHECK_FALSE(resolved("201X").qualified);
  CHECK_FALSE(resolved("2025-XX-XX").qualified);
}

TEST_CASE("a day whose midnight is skipped or comes twice begins at the first instant there is") {
  check({
      {"2025-03-09", "America/Havana", "2025-03-09T05:00:00Z", "2025-03-10T03:59:59.999999Z"},
      {"2025-11-02", "America/Havana", "2025-11-02T04:00:00Z", "2025-11-03T04:59:59.999999Z"},
      {"2025-11-01", "America/Havana", "2025-11-01T04:00:00Z", "2025-11-02T03:59:59.999999Z"},
      {"2025-03-30", "Asia/Beirut", "2025-03-29T22:00:00Z", "2025-03-30T20:59:59.999999Z"},
      {"2025-03-29", "Asia/Beirut", "2025-03-28T22:00:00Z", "2025-03-29T21:59:59.999999Z"},
      {"2025-10-26", "Asia/Beirut", "2025-10-25T22:00:00Z", "2025-10-26T21:59:59.999999Z"},
      {"2025-10-25", "Asia/Beirut", "2025-10-24T21:00:00Z", "2025-10-25T21:59:59.999999Z"},
      {"2025-09-07", "America/Santiago", "2025-09-07T04:00:00Z", "2025-09-08T02:59:59.999999Z"},
      {"2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T01:59:59.999999Z"},
      {"2018-02-17", "America/Sao_Paulo", "2018-02-17T02:00:00Z", "2018-02-18T02:59:59.999999Z"},
      {"2018-02-18", "America/Sao_Paulo", "2018-02-18T03:00:00Z", "2018-02-19T02:59:59.999999Z"},
      {"2010-11-07", "America/St_Johns", "2010-11-07T02:30:00Z", "2010-11-08T03:29:59.999999Z"},
      {"2010-11-06", "America/St_Johns", "2010-11-06T02:30:00Z", "2010-11-07T02:29:59.999999Z"},
      {"2025-04-25", "Africa/Cairo", "2025-04-24T22:00:00Z", "2025-04-25T20:59:59.999999Z"},
      {"2025-10-05", "Australia/Lord_Howe", "2025-10-04T13:30:00Z", "2025-10-05T12:59:59.999999Z"},
      {"1867-10-18", "America/Juneau", "1867-10-17T08:57:41Z", "1867-10-18T08:57:40.999999Z"},
      {"1867-10-19", "America/Juneau", "1867-10-18T08:57:41Z", "1867-10-20T08:57:40.999999Z"},
      {"1883-11-18", "America/New_York", "1883-11-18T04:56:02Z", "1883-11-19T04:59:59.999999Z"},
      {"1850-06-01", "Europe/Minsk", "1850-05-31T22:09:44Z", "1850-06-01T22:09:43.999999Z"},
  });
}

TEST_CASE("what holds a day that its zone never had lasts from and to what exists") {
  check({
      {"2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T09:59:59.999999Z"},
      {"2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T09:59:59.999999Z"},
      {"2011-12", "Pacific/Apia", "2011-12-01T10:00:00Z", "2011-12-31T09:59:59.999999Z"},
      {"2011-12-29/2011-12-31", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-31T09:59:59.999999Z"},
      {"1994", "Pacific/Kiritimati", "1994-01-01T10:00:00Z", "1994-12-31T09:59:59.999999Z"},
      {"1994-12", "Pacific/Kiritimati", "1994-12-01T10:00:00Z", "1994-12-31T09:59:59.999999Z"},
      {"1993-08", "Pacific/Kwajalein", "1993-08-01T12:00:00Z", "1993-08-31T11:59:59.999999Z"},
  });
}

TEST_CASE("a day that its zone never had is refused, alone and as an end of an interval") {
  struct Skipped {
    std::string_view edtf, zone, day;
  };
  for (const Skipped& c : {Skipped{"2011-12-30", "Pacific/Apia", "2011-12-30"},
                           {"2011-12-30?", "Pacific/Fakaofo", "2011-12-30"},
                           {"2011-12-30/2012-01-02", "Pacific/Apia", "2011-12-30"},
                           {"2011-12-01/2011-12-30", "Pacific/Apia", "2011-12-30"},
                           {"2011-12-30/..", "Pacific/Apia", "2011-12-30"},
                           {"1994-12-31", "Pacific/Kiritimati", "1994-12-31"},
                           {"1993-08-21", "Pacific/Kwajalein", "1993-08-21"},
                           {"1844-12-31", "Asia/Manila", "1844-12-31"}}) {
    CAPTURE(c.edtf, c.zone);
    const auto occurred = resolve_occurred("occurred", c.edtf, c.zone);
    REQUIRE_FALSE(occurred);
    CHECK(occurred.error() ==
          Error{ErrorKind::refused, "occurred", quoted(c.edtf),
                "a day that the zone " + std::string(c.zone) + " had; it skipped " + std::string(c.day)});
  }
}

TEST_CASE("after the years that the zone database lists, each zone's last rule goes on") {
  check({
      {"2037-07-01", "America/New_York", "2037-07-01T04:00:00Z", "2037-07-02T03:59:59.999999Z"},
      {"2037-11-01", "America/New_York", "2037-11-01T04:00:00Z", "2037-11-02T04:59:59.999999Z"},
      {"2038-01-15", "America/New_York", "2038-01-15T05:00:00Z", "2038-01-16T04:59:59.999999Z"},
      {"2038-07-01", "America/New_York", "2038-07-01T04:00:00Z", "2038-07-02T03:59:59.999999Z"},
      {"2038-03-14", "America/New_York", "2038-03-14T05:00:00Z", "2038-03-15T03:59:59.999999Z"},
      {"2038-11-07", "America/New_York", "2038-11-07T04:00:00Z", "2038-11-08T04:59:59.999999Z"},
      {"2100-02-28", "America/New_York", "2100-02-28T05:00:00Z", "2100-03-01T04:59:59.999999Z"},
      {"2100-03-14", "America/New_York", "2100-03-14T05:00:00Z", "2100-03-15T03:59:59.999999Z"},
      {"2100-07-04", "America/New_York", "2100-07-04T04:00:00Z", "2100-07-05T03:59:59.999999Z"},
      {"2101-11-06", "America/New_York", "2101-11-06T04:00:00Z", "2101-11-07T04:59:59.999999Z"},
      {"2400-07", "America/New_York", "2400-07-01T04:00:00Z", "2400-08-01T03:59:59.999999Z"},
      {"2099/2101", "America/New_York", "2099-01-01T05:00:00Z", "2102-01-01T04:59:59.999999Z"},
      {"2038", "Europe/Brussels", "2037-12-31T23:00:00Z", "2038-12-31T22:59:59.999999Z"},
      {"2040-07", "Europe/Moscow", "2040-06-30T21:00:00Z", "2040-07-31T20:59:59.999999Z"},
      {"2044-07", "Europe/Istanbul", "2044-06-30T21:00:00Z", "2044-07-31T20:59:59.999999Z"},
      {"2044-07", "Europe/Minsk", "2044-06-30T21:00:00Z", "2044-07-31T20:59:59.999999Z"},
      {"2044-07", "Africa/Cairo", "2044-06-30T21:00:00Z", "2044-07-31T20:59:59.999999Z"},
      {"2045-04-28", "Africa/Cairo", "2045-04-27T22:00:00Z", "2045-04-28T20:59:59.999999Z"},
      {"2050-03-13", "America/Havana", "2050-03-13T05:00:00Z", "2050-03-14T03:59:59.999999Z"},
      {"2050-11-06", "America/Havana", "2050-11-06T04:00:00Z", "2050-11-07T04:59:59.999999Z"},
      {"2077-02-25", "America/Havana", "2077-02-25T05:00:00Z", "2077-02-26T04:59:59.999999Z"},
      {"2050-03-27", "Asia/Beirut", "2050-03-26T22:00:00Z", "2050-03-27T20:59:59.999999Z"},
      {"2050-10-30", "Asia/Beirut", "2050-10-29T22:00:00Z", "2050-10-30T21:59:59.999999Z"},
      {"2061-09-04", "America/Santiago", "2061-09-04T04:00:00Z", "2061-09-05T02:59:59.999999Z"},
      {"2060-04-03", "America/Santiago", "2060-04-03T03:00:00Z", "2060-04-04T03:59:59.999999Z"},
      {"2062-01", "Australia/Sydney", "2061-12-31T13:00:00Z", "2062-01-31T12:59:59.999999Z"},
      {"2050-10-02", "Australia/Lord_Howe", "2050-10-01T13:30:00Z", "2050-10-02T12:59:59.999999Z"},
      {"2055-07", "Europe/Dublin", "2055-06-30T23:00:00Z", "2055-07-31T22:59:59.999999Z"},
      {"2055-12", "Europe/Dublin", "2055-12-01T00:00:00Z", "2055-12-31T23:59:59.999999Z"},
      {"2050-03-26", "America/Nuuk", "2050-03-26T02:00:00Z", "2050-03-27T00:59:59.999999Z"},
      {"2050-10-29", "America/Nuuk", "2050-10-29T01:00:00Z", "2050-10-30T01:59:59.999999Z"},
      {"2090-07", "Asia/Gaza", "2090-06-30T21:00:00Z", "2090-07-31T20:59:59.999999Z"},
      {"2090-12", "Asia/Gaza", "2090-11-30T22:00:00Z", "2090-12-31T21:59:59.999999Z"},
      {"2060-08", "Asia/Tehran", "2060-07-31T20:30:00Z", "2060-08-31T20:29:59.999999Z"},
      {"9998-07-01", "Europe/Paris", "9998-06-30T22:00:00Z", "9998-07-01T21:59:59.999999Z"},
  });
}

TEST_CASE("a date-time lasts as long as it is precise, whatever the zone") {
  check({
      {"2025-09-11T10:00Z", "Europe/Minsk", "2025-09-11T10:00:00Z", "2025-09-11T10:00:59.999999Z"},
      {"2025-09-11T10:00:00Z", "UTC", "2025-09-11T10:00:00Z", "2025-09-11T10:00:00.999999Z"},
      {"2025-09-11T10:00:00.5Z", "UTC", "2025-09-11T10:00:00.500000Z", "2025-09-11T10:00:00.599999Z"},
      {"2025-09-11T10:00:00.25Z", "UTC", "2025-09-11T10:00:00.250000Z", "2025-09-11T10:00:00.259999Z"},
      {"2025-09-11T10:00:00.123Z", "UTC", "2025-09-11T10:00:00.123000Z", "2025-09-11T10:00:00.123999Z"},
      {"2025-09-11T10:00:00.1234Z", "UTC", "2025-09-11T10:00:00.123400Z", "2025-09-11T10:00:00.123499Z"},
      {"2025-09-11T10:00:00.12345Z", "UTC", "2025-09-11T10:00:00.123450Z", "2025-09-11T10:00:00.123459Z"},
      {"2025-09-11T10:00:00.123456Z", "UTC", "2025-09-11T10:00:00.123456Z", "2025-09-11T10:00:00.123456Z"},
      {"2025-09-11T10:00:00.000000Z", "UTC", "2025-09-11T10:00:00Z", "2025-09-11T10:00:00Z"},
      {"2025-09-11T00:00+03:00", "UTC", "2025-09-10T21:00:00Z", "2025-09-10T21:00:59.999999Z"},
      {"2025-09-11T23:59:59-03:30", "Asia/Tokyo", "2025-09-12T03:29:59Z", "2025-09-12T03:29:59.999999Z"},
      {"2025-09-11T10:00:00.5+05:45", "UTC", "2025-09-11T04:15:00.500000Z", "2025-09-11T04:15:00.599999Z"},
      {"2025-09-11T10:00+23:59", "UTC", "2025-09-10T10:01:00Z", "2025-09-10T10:01:59.999999Z"},
      {"2025-09-11T10:00-23:59", "UTC", "2025-09-12T09:59:00Z", "2025-09-12T09:59:59.999999Z"},
      {"2025-09-11T10:00+00:00", "UTC", "2025-09-11T10:00:00Z", "2025-09-11T10:00:59.999999Z"},
      {"2025-09-11T10:00-00:00", "UTC", "2025-09-11T10:00:00Z", "2025-09-11T10:00:59.999999Z"},
      {"2024-02-29T23:59:59Z", "UTC", "2024-02-29T23:59:59Z", "2024-02-29T23:59:59.999999Z"},
      // A local hour that Havana never had is an instant all the same: the offset says which.
      {"2025-03-09T00:30-05:00", "America/Havana", "2025-03-09T05:30:00Z", "2025-03-09T05:30:59.999999Z"},
  });
}

TEST_CASE("an interval lasts from the start of its first point to the end of its last, of whatever kinds they are") {
  check({
      {"2025-09-01/2025-09-05", "UTC", "2025-09-01T00:00:00Z", "2025-09-05T23:59:59.999999Z"},
      {"2025-09-01/2025-09-05", "Europe/Minsk", "2025-08-31T21:00:00Z", "2025-09-05T20:59:59.999999Z"},
      {"2025-03/2025-11", "America/New_York", "2025-03-01T05:00:00Z", "2025-12-01T04:59:59.999999Z"},
      {"2024/2025", "UTC", "2024-01-01T00:00:00Z", "2025-12-31T23:59:59.999999Z"},
      {"2024/2025-02", "UTC", "2024-01-01T00:00:00Z", "2025-02-28T23:59:59.999999Z"},
      {"2025-21/2025-24", "UTC", "2025-03-01T00:00:00Z", "2026-02-28T23:59:59.999999Z"},
      {"201X/20XX", "UTC", "2010-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z"},
      {"2025-09-11T10:00Z/2025-09-11T12:00:00.5Z", "UTC", "2025-09-11T10:00:00Z", "2025-09-11T12:00:00.599999Z"},
      {"2025-09-11T10:00+03:00/2025-09-12", "America/New_York", "2025-09-11T07:00:00Z", "2025-09-13T03:59:59.999999Z"},
      {"2025-09-11/2025-09-11T10:00Z", "Europe/Minsk", "2025-09-10T21:00:00Z", "2025-09-11T10:00:59.999999Z"},
      {"2025-09-11/2025-09-11", "UTC", "2025-09-11T00:00:00Z", "2025-09-11T23:59:59.999999Z"},
      // The end began before the start does, but is not over by then.
      {"2025-09-11/2025-09", "UTC", "2025-09-11T00:00:00Z", "2025-09-30T23:59:59.999999Z"},
      {"2025-09-11T10:00:30Z/2025-09-11T10:00Z", "UTC", "2025-09-11T10:00:30Z", "2025-09-11T10:00:59.999999Z"},
  });
}

TEST_CASE("an open or unknown end adds nothing to the start but a mark") {
  for (const std::string_view edtf : {"2025-09-11/..", "2025-09-11/"}) {
    CAPTURE(edtf);
    Occurred expected = resolved("2025-09-11", "Europe/Minsk");
    expected.open_end = true;
    CHECK(resolved(edtf, "Europe/Minsk") == expected);
  }
  CHECK(resolved("2025-09~/..").qualified);
  CHECK(resolved("2025-09-11T10:00Z/..").open_end);
  CHECK_FALSE(resolved("2025-09-11/2025-09-12").open_end);
  CHECK_FALSE(resolved("2025-09-11").open_end);
}

TEST_CASE("? ~ and % at the end of any date mark doubt and change no instant") {
  for (const std::string base :
       {"2025", "2025-09", "2025-09-11", "2025-22", "201X", "20XX", "2025-XX", "2025-XX-XX", "2025-09-XX"}) {
    for (const char qualifier : {'?', '~', '%'}) {
      CAPTURE(base, qualifier);
      Occurred expected = resolved(base, "America/New_York");
      CHECK_FALSE(expected.qualified);
      expected.qualified = true;
      CHECK(resolved(base + qualifier, "America/New_York") == expected);
    }
  }
  CHECK(resolved("2025-09-01?/2025-09-05").qualified);
  CHECK(resolved("2025-09-01/2025-09-05%").qualified);
  CHECK(resolved("2025-09-01~/2025-09-11T10:00Z").qualified);
  CHECK_FALSE(resolved("2025-09-01/2025-09-05").qualified);
}

TEST_CASE("the calendar runs from the first day of year 1 to the last of 9999 in every zone") {
  check({
      {"0001-01-01", "UTC", "0001-01-01T00:00:00Z", "0001-01-01T23:59:59.999999Z"},
      {"0001", "Asia/Tokyo", "0000-12-31T14:41:01Z", "0001-12-31T14:41:00.999999Z"},
      {"0001-01-01T00:00:00+01:00", "UTC", "0000-12-31T23:00:00Z", "0000-12-31T23:00:00.999999Z"},
      {"9999-12-31", "UTC", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999999Z"},
      {"9999", "UTC", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"},
      {"99XX", "UTC", "9900-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"},
      {"9999-12-31", "Europe/Minsk", "9999-12-30T21:00:00Z", "9999-12-31T20:59:59.999999Z"},
      {"9999-12-31", "America/New_York", "9999-12-31T05:00:00Z", "+010000-01-01T04:59:59.999999Z"},
      {"9999-24", "UTC", "9999-12-01T00:00:00Z", "+010000-02-29T23:59:59.999999Z"},
      {"9999-12-31T23:59:59.999999-23:59", "UTC", "+010000-01-01T23:58:59.999999Z", "+010000-01-01T23:58:59.999999Z"},
      {"0001/9999", "UTC", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"},
  });
}

TEST_CASE("an unknown zone is refused by name, even where the date needs none") {
  for (const std::string_view edtf : {"2025-09-11", "2025-09-11T10:00Z"}) {
    const auto occurred = resolve_occurred("occurred", edtf, "Europe/Atlantis");
    REQUIRE_FALSE(occurred);
    CHECK(occurred.error() == Error{ErrorKind::refused, "zone", "\"Europe/Atlantis\"",
                                    "the name of an IANA time zone, such as Europe/Minsk or America/New_York, or UTC"});
  }
}

TEST_CASE("a deadline is the instant after the end of its date, in its zone") {
  struct Deadline {
    std::string_view edtf, zone, instant;
  };
  for (const Deadline& c : {Deadline{"2025-12-31", "UTC", "2026-01-01T00:00:00Z"},
                            {"2025-12-31", "Europe/Minsk", "2025-12-31T21:00:00Z"},
                            {"2024-02", "America/New_York", "2024-03-01T05:00:00Z"},
                            {"2023", "UTC", "2024-01-01T00:00:00Z"},
                            {"2024-05~", "UTC", "2024-06-01T00:00:00Z"},
                            {"2025-24", "UTC", "2026-03-01T00:00:00Z"},
                            {"2025-01/2025-06-30", "UTC", "2025-07-01T00:00:00Z"},
                            {"2024-06-30T12:00:00Z", "UTC", "2024-06-30T12:00:01Z"},
                            {"2024-06-30T12:00:00.123456Z", "UTC", "2024-06-30T12:00:00.123457Z"},
                            {"2025-03-29", "Asia/Beirut", "2025-03-29T22:00:00Z"},
                            {"2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"},
                            {"2050-07", "America/New_York", "2050-08-01T04:00:00Z"},
                            {"9998", "UTC", "9999-01-01T00:00:00Z"},
                            {"9998-12-31T23:59:59.999999Z", "UTC", "9999-01-01T00:00:00Z"},
                            {"9999-01-01T00:00+01:00", "UTC", "9998-12-31T23:01:00Z"}}) {
    CAPTURE(c.edtf, c.zone);
    const auto deadline = resolve_deadline("data.until", c.edtf, c.zone);
    if (!deadline) FAIL(deadline.error().message());
    CHECK(format_instant(*deadline) == c.instant);
  }
}

TEST_CASE("a deadline has an end, and not after the year 9998 of UTC") {
  for (const std::string_view edtf : {"2025-09-11/..", "2025/"}) {
    CAPTURE(edtf);
    const auto deadline = resolve_deadline("data.until", edtf, "UTC");
    REQUIRE_FALSE(deadline);
    CHECK(deadline.error().field == "data.until");
    CHECK_THAT(deadline.error().allowed, Catch::StartsWith("a date that ends"));
  }
  for (const std::string_view edtf :
       {"9999", "9999-01-01", "9999-12-31", "9998-24", "2025/9999", "99XX", "9999-01-01T00:00:00.000000Z"}) {
    CAPTURE(edtf);
    const auto deadline = resolve_deadline("data.due", edtf, "UTC");
    REQUIRE_FALSE(deadline);
    CHECK_THAT(deadline.error().allowed, Catch::Contains("9998 or before"));
  }
  CHECK_FALSE(resolve_deadline("data.due", "9998", "America/New_York"));
  CHECK(resolve_deadline("data.due", "9998", "Europe/Minsk"));
  CHECK(resolve_deadline("data.due", "2025-13", "UTC").error().found == "\"2025-13\"");
}
