#include "projections/views/commitments.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

std::string made(std::string_view day, const std::string& data = "", const std::string& more = "") {
  return event(
      "commitment.made", day,
      R"("commitment":"embassy","by":"state:USA","what":"reopen the embassy")" + (data.empty() ? "" : "," + data),
      more);
}
std::string ended(std::string_view how, std::string_view day) {
  return event("commitment." + std::string(how), day, R"("commitment":"embassy")");
}
Shown then(std::string_view instant, const std::vector<std::string>& lines) {
  return at<Commitments>(instant, "embassy", Story(lines));
}

}  // namespace

TEST_CASE("a commitment is known by its name") {
  CHECK(keys<Commitments>(made("2025")) == Keys{"embassy"});
  for (const char* how : {"fulfilled", "broken", "withdrawn"})
    CHECK(keys<Commitments>(ended(how, "2025")) == Keys{"embassy"});
  CHECK(keys<Commitments>(event("agreement.reached", "2025", R"("title":"embassy")")).empty());
}

TEST_CASE("a commitment that was made is open until it is due, in its event's zone") {
  CHECK(then("2025-12", {made("2025-09-11", R"("to":"state:BLR","conditional_on":"releases","due":"2026-06")",
                              R"("zone":"Europe/Minsk")")})
            .text ==
        R"({"commitment":"embassy","by":"state:USA","to":"state:BLR","what":"reopen the embassy",)"
        R"("conditional_on":"releases","due":"2026-06","lapses_at":"2026-06-30T21:00:00Z","status":"open",)"
        R"("since":"2025-09-11"})");
}

TEST_CASE("an open commitment is overdue from the instant after its due date, since that date") {
  const std::vector<std::string> story{made("2025-09-11", R"("due":"2026-06")")};
  CHECK(then("2026-06-30T23:59:59.999999Z", story)["status"] == "open");
  const Shown after = then("2026-07-01T00:00:00.000000Z", story);
  CHECK(after["status"] == "overdue");
  CHECK(after["since"] == "2026-06");
  CHECK(after["due"] == "2026-06");
  CHECK(after["lapses_at"] == "null");
}

TEST_CASE("a commitment that was fulfilled, broken or withdrawn in time is never overdue") {
  for (const char* how : {"fulfilled", "broken", "withdrawn"}) {
    const Shown after = then("2030", {made("2025-09-11", R"("due":"2026-06")"), ended(how, "2026-06-30")});
    CHECK(after["status"] == how);
    CHECK(after["since"] == "2026-06-30");
    CHECK(after["lapses_at"] == "null");
    CHECK(after["due"] == "2026-06");
    CHECK(after["what"] == "reopen the embassy");
  }
}

TEST_CASE("a commitment that is fulfilled late was overdue before") {
  const std::vector<std::string> story{made("2025-09-11", R"("due":"2026-06")"), ended("fulfilled", "2026-08")};
  CHECK(then("2026-07", story)["status"] == "overdue");
  CHECK(then("2026-08", story)["status"] == "fulfilled");
  CHECK(then("2026-08", story)["since"] == "2026-08");
}

TEST_CASE("a commitment made again is all new, but since stays while it is open") {
  const Shown still_open = then("2025-12", {made("2025-09", R"("to":"state:BLR","due":"2026-06")"), made("2025-10")});
  CHECK(still_open["to"] == "null");
  CHECK(still_open["due"] == "null");
  CHECK(still_open["lapses_at"] == "null");
  CHECK(still_open["since"] == "2025-09");
  const Shown renewed = then("2026-08", {made("2025-09", R"("due":"2026-06")"), made("2026-08", R"("due":"2027")")});
  CHECK(renewed["status"] == "open");
  CHECK(renewed["since"] == "2026-08");
  CHECK(renewed["lapses_at"] == "2028-01-01T00:00:00Z");
}

TEST_CASE("a commitment of which only the end is known says nothing else") {
  CHECK(then("2030", {ended("broken", "2025-09-11")}).text ==
        R"({"commitment":"embassy","by":null,"to":null,"what":null,"conditional_on":null,"due":null,"lapses_at":null,)"
        R"("status":"broken","since":"2025-09-11"})");
  CHECK(then("2030", {ended("broken", "2025"), ended("broken", "2026")})["since"] == "2025");
}

}  // namespace chancery::testing
