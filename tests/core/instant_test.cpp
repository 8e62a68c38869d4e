#include "core/instant.hpp"

#include <catch2/catch.hpp>
#include <string_view>

using namespace chancery;

namespace {

Instant at(std::int64_t microseconds) { return Instant{std::chrono::microseconds{microseconds}}; }

}  // namespace

TEST_CASE("an instant prints in UTC with six fraction digits or none, and is read back the same") {
  struct Case {
    std::int64_t microseconds;
    std::string_view text;
  };
  for (const Case& c : {Case{0, "1970-01-01T00:00:00Z"},
                        {1, "1970-01-01T00:00:00.000001Z"},
                        {-1, "1969-12-31T23:59:59.999999Z"},
                        {1757584800000000, "2025-09-11T10:00:00Z"},
                        {1757584800500000, "2025-09-11T10:00:00.500000Z"},
                        {951827696000001, "2000-02-29T12:34:56.000001Z"},
                        {-62135596800000000, "0001-01-01T00:00:00Z"},
                        {253402300799999999, "9999-12-31T23:59:59.999999Z"}}) {
    CAPTURE(c.text);
    CHECK(format_instant(at(c.microseconds)) == c.text);
    const auto instant = parse_instant("recorded_at", c.text);
    REQUIRE(instant);
    CHECK(instant->time_since_epoch().count() == c.microseconds);
  }
}

TEST_CASE("instants just outside the years 0001 to 9999 of UTC still print") {
  CHECK(format_instant(at(-62135596800000001)) == "0000-12-31T23:59:59.999999Z");
  CHECK(format_instant(at(253402300800000000)) == "+010000-01-01T00:00:00Z");
}

TEST_CASE("recorded_at may be written with an offset and with fewer fraction digits") {
  struct Case {
    std::string_view text;
    std::string_view utc;
  };
  for (const Case& c : {Case{"2025-09-11T13:00:00+03:00", "2025-09-11T10:00:00Z"},
                        {"2025-09-11T06:00:00-04:00", "2025-09-11T10:00:00Z"},
                        {"2025-09-11T10:00:00-00:00", "2025-09-11T10:00:00Z"},
                        {"2025-09-11T10:00:00.1Z", "2025-09-11T10:00:00.100000Z"},
                        {"2025-09-11T10:00:00.000Z", "2025-09-11T10:00:00Z"},
                        {"2025-09-11T15:45:00.123456+05:45", "2025-09-11T10:00:00.123456Z"},
                        {"2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"}}) {
    CAPTURE(c.text);
    const auto instant = parse_instant("recorded_at", c.text);
    REQUIRE(instant);
    CHECK(format_instant(*instant) == c.utc);
  }
}

TEST_CASE("recorded_at is a whole RFC 3339 date-time, or refused with its field, text and form") {
  for (const std::string_view text : {"",
                                      "2025",
                                      "2025-09-11",
                                      "2025-09-11T10:00Z",
                                      "2025-09-11T10:00:00",
                                      "2025-09-11 10:00:00Z",
                                      "2025-09-11t10:00:00Z",
                                      "2025-09-11T10:00:00z",
                                      "2025-09-11T10:00:00.Z",
                                      "2025-09-11T10:00:00.1234567Z",
                                      "2025-09-11T10:00:60Z",
                                      "2025-09-11T24:00:00Z",
                                      "2025-02-29T10:00:00Z",
                                      "2025-13-01T10:00:00Z",
                                      "2025-XX-XXT10:00:00Z",
                                      "2025-09-XXT10:00:00Z",
                                      "2025-09-11T10:00:00+0300",
                                      "2025-09-11T10:00:00+24:00",
                                      "2025-09-11T10:00:00Z ",
                                      " 2025-09-11T10:00:00Z",
                                      "2025-09-11T10:00:00Z?",
                                      "0000-01-01T00:00:00Z",
                                      "0001-01-01T00:00:00+00:01",
                                      "9999-12-31T23:59:59-00:01",
                                      "+010000-01-01T00:00:00Z",
                                      "1757584800"}) {
    CAPTURE(text);
    const auto instant = parse_instant("recorded_at", text);
    REQUIRE_FALSE(instant);
    CHECK(instant.error().kind == ErrorKind::refused);
    CHECK(instant.error().field == "recorded_at");
    CHECK(instant.error().found == quoted(text));
    CHECK_THAT(instant.error().allowed, Catch::Contains("2025-09-11T10:00:00.123456Z"));
  }
}
