#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/occurred.hpp"

using namespace chancery;

namespace {

void check_refused(const std::vector<std::string_view>& texts, std::string_view allowed_part) {
  for (const std::string_view text : texts) {
    CAPTURE(text);
    const auto occurred = resolve_occurred("data.expires", text, "UTC");
    REQUIRE_FALSE(occurred);
    CHECK(occurred.error().kind == ErrorKind::refused);
    CHECK(occurred.error().field == "data.expires");
    CHECK(occurred.error().found == quoted(text));
    CHECK_THAT(occurred.error().allowed, Catch::Contains(std::string(allowed_part)));
  }
}

}  // namespace

TEST_CASE("what is not an EDTF date at all is answered with examples of each form") {
  using namespace std::string_view_literals;
  check_refused({"",
                 " ",
                 "2025-13",
                 "2025-00",
                 "now",
                 "yesterday",
                 "25",
                 "202",
                 "20250911",
                 "20250",
                 "2025-9-11",
                 "2025-9",
                 "2025-09-1",
                 "2025/9/11",
                 "11.09.2025",
                 "2025-09-11 ",
                 " 2025-09-11",
                 "2025-09-11\n",
                 "2025-09-11\0"sv,
                 "2025-",
                 "2025-09-",
                 "2025 09 11",
                 "2025-09-11 10:00Z",
                 "2025-09-11t10:00Z",
                 "2025-W37",
                 "2025-254",
                 "-0001",
                 "-2025",
                 "+2025",
                 "Y12025",
                 "Y-17000",
                 "y2025",
                 "2025S2",
                 "1E4",
                 "\u0662\u0660\u0662\u0665",
                 "?",
                 "~2025",
                 "?2025-09-11",
                 "2025-?09-11",
                 "2025?-09-11",
                 "{2025,2026}",
                 "[2025..2026]",
                 "[..2025]",
                 "2025-09-11/2025-09-12/2025-09-13",
                 "2025-09-01/?",
                 "2025-09-01/.",
                 "2025-09-01/...",
                 "2025-09-01/..?",
                 "2025-09-01--2025-09-05",
                 "2025-09-01/P1D",
                 "2025-09-11T",
                 "2025-09-11T1:00Z",
                 "2025-09-11T1000Z",
                 "2025-09-11T10Z",
                 "2025-09T10:00Z",
                 "T10:00Z",
                 "2025T10:00Z",
                 "2025-09-11T10:0Z",
                 "2025-09-11T10:00:Z",
                 "2025-09-11T10:00:0Z",
                 "pos:12",
                 "X",
                 "2025-09-01 / 2025-09-05"},
                "2025-09-11, 2025-09, 2025, 2025-09-11T10:00Z, 2025-09-01/2025-09-05, with ? ~ %");
}

TEST_CASE("dates that no calendar has are refused with what is wrong about them") {
  check_refused(
      {"2025-02-29", "2025-02-30", "1900-02-29", "2100-02-29", "2025-04-31", "2025-09-00", "2025-09-32", "2025-13-01",
       "2025-00-01", "2025-21-01", "2025-02-29T10:00Z", "2025-13-01T10:00Z", "2025-09-01/2025-09-31"},
      "a day that its month has");
  check_refused({"2025-20", "2025-25", "2025-32", "2025-41", "2025-99"},
                "a month 01 to 12 or a season 21 (spring) to 24 (winter)");
  check_refused(
      {"0000", "0000-01", "0000-01-01", "0000-21", "0000-XX", "000X", "00XX", "0000-01-01T00:00Z", "0000/2025"},
      "a year from 0001 to 9999");
}

TEST_CASE("unspecified digits in any other place are refused") {
  check_refused({"XXXX",       "2XXX",       "XXXX-09",    "XXXX-09-11", "XXXX-XX-XX", "2X25",     "20X5",
                 "X025",       "201X-09",    "20XX-09-11", "20XX-XX",    "2025-1X",    "2025-X1",  "2025-0X-11",
                 "2025-XX-11", "2025-09-1X", "2025-09-X1", "2025-13-XX", "XXXX/2025",  "2025/XXXX"},
                "201X, 20XX, 2025-XX, 2025-XX-XX or 2025-09-XX");
  check_refused({"201x", "20xx", "2025-xx", "2025-09-xx", "201u"}, "an EDTF date such as");
}

TEST_CASE("a date-time needs Z or a whole offset, an existing time of day, and takes no qualifier") {
  check_refused(
      {"2025-09-11T10:00", "2025-09-11T10:00:00", "2025-09-11T10:00:00.5", "2025-09-11T10:00z", "2025-09-11T10:00+03",
       "2025-09-11T10:00-04", "2025-09-11T10:00+0300", "2025-09-11T10:00+3:00", "2025-09-11T10:00+24:00",
       "2025-09-11T10:00+03:60", "2025-09-11T10:00 +03:00", "2025-09-11T10:00+03:00:00", "2025-09-11T10:00ZZ",
       "2025-09-11T10:00Z ", "2025-09-11T10:00/2025-09-12", "2025-09-11T10:00:00,5Z", "2025-09-11T10:00Z[Europe/Minsk"},
      "Z or an offset +HH:MM");
  check_refused({"2025-09-11T24:00Z", "2025-09-11T24:00:00Z", "2025-09-11T25:00Z", "2025-09-11T10:60Z",
                 "2025-09-11T23:59:60Z", "2016-12-31T23:59:60Z", "2025-09-11T10:00:99Z"},
                "hours 00 to 23, minutes and seconds 00 to 59");
  check_refused({"2025-09-11T10:00:00.Z", "2025-09-11T10:00:00.1234567Z"}, "one to six digits after the point");
  check_refused(
      {"2025-09-11T10:00Z?", "2025-09-11T10:00:00+03:00~", "2025-09-11T10:00%", "2025-09-11/2025-09-12T10:00Z?"},
      "a date-time takes none");
  check_refused({"2025??", "2025?~", "2025-09-11~?", "2025-21%%"},
                "one of ? ~ % at the end of a date, a season or an X-form");
}

TEST_CASE("an interval needs a known start and an end that is not over before it") {
  check_refused({"/2025", "../2025", "/", "../..", "/..", "../", "..//2025", "//"}, "an interval with a known start");
  check_refused({"2025-09-05/2025-09-01", "2025/2024", "2025-09-11/2025-08", "2025-09-11T10:00:00Z/2025-09-11T09:59Z",
                 "2025-24/2025-23", "20XX/19XX", "2025-09-11T10:00Z/2025-09-10"},
                "an interval whose end is not over before its start begins");
  // The day after in Minsk begins before that day in New York is over: only the zone decides.
  CHECK(resolve_occurred("occurred", "2025-09-11T22:00Z/2025-09-11", "America/New_York"));
  CHECK_FALSE(resolve_occurred("occurred", "2025-09-11T22:00Z/2025-09-11", "Europe/Minsk"));
}
