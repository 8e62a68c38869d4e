#include "projections/views/licences.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

const std::string licence = R"("measure":"usa/belavia","instrument":"GL 11")";

std::string eased(std::string_view day, const std::string& data = "", const std::string& more = "") {
  return event("sanction.eased", day, licence + (data.empty() ? "" : "," + data), more);
}
std::string amended(std::string_view day, const std::string& data) {
  return event("sanction.amended", day, licence + "," + data);
}
Shown then(std::string_view instant, const std::vector<std::string>& lines) {
  return at<Licences>(instant, "usa/belavia#GL 11", Story(lines));
}

const std::string both = R"("lifts":["b","a"],"permits":["x"],"until":"2025-11")";

}  // namespace

TEST_CASE("a licence is known by measure and instrument, from easings and from amendments that revoke") {
  CHECK(keys<Licences>(eased("2025")) == Keys{"usa/belavia#GL 11"});
  CHECK(keys<Licences>(amended("2025", R"("revokes":"a")")) == Keys{"usa/belavia#GL 11"});
  CHECK(keys<Licences>(event("sanction.eased", "2025", R"("measure":"usa/belavia","lifts":"a")")).empty());
  CHECK(keys<Licences>(event("sanction.amended", "2025", R"("measure":"usa/belavia","revokes":"a")")).empty());
  CHECK(keys<Licences>(amended("2025", R"("programme":"P")")).empty());
  CHECK(keys<Licences>(event("sanction.lifted", "2025", licence)).empty());
}

TEST_CASE("an easing with an instrument puts a licence in force until its end, in its event's zone") {
  CHECK(then("2025-10", {eased("2025-09-11", both, R"("zone":"America/New_York")")}).text ==
        R"({"measure":"usa/belavia","instrument":"GL 11","lifts":["a","b"],"permits":["x"],"until":"2025-11",)"
        R"("lapses_at":"2025-12-01T05:00:00Z","status":"in_force","since":"2025-09-11"})");
}

TEST_CASE("a licence in force is expired from the instant after its end, since that date") {
  CHECK(then("2025-11-30T23:59:59.999999Z", {eased("2025-09-11", both)})["status"] == "in_force");
  CHECK(then("2025-12-01T00:00:00.000000Z", {eased("2025-09-11", both)}).text ==
        R"({"measure":"usa/belavia","instrument":"GL 11","lifts":["a","b"],"permits":["x"],"until":"2025-11",)"
        R"("lapses_at":null,"status":"expired","since":"2025-11"})");
}

TEST_CASE("a licence given again is all new, and since stays while it is in force") {
  const Shown again = then("2030", {eased("2025-09-11", both), eased("2025-10-01", R"("lifts":["c"])")});
  CHECK(again["lifts"] == R"(["c"])");
  CHECK(again["permits"] == "[]");
  CHECK(again["until"] == "null");
  CHECK(again["lapses_at"] == "null");
  CHECK(again["status"] == "in_force");
  CHECK(again["since"] == "2025-09-11");
  CHECK(then("2030", {eased("2025-09-11", both), eased("2026-01-01", R"("lifts":["c"])")})["since"] == "2026-01-01");
}

TEST_CASE("an amendment takes what it revokes from lifts and permits, and the rest runs on to its end") {
  const std::vector<std::string> story{eased("2025-09-11", both),
                                       amended("2025-10-01", R"("revokes":["a","x","never"])")};
  const Shown after = then("2025-10", story);
  CHECK(after["lifts"] == R"(["b"])");
  CHECK(after["permits"] == "[]");
  CHECK(after["status"] == "in_force");
  CHECK(after["since"] == "2025-09-11");
  CHECK(after["lapses_at"] == "2025-12-01T00:00:00Z");
  CHECK(then("2026", story)["status"] == "expired");
}

TEST_CASE("a licence in force that has nothing left is revoked, and does not expire any more") {
  const Shown after = then("2030", {eased("2025-09-11", both), amended("2025-10-01", R"("revokes":["a","b","x"])")});
  CHECK(after.text == R"({"measure":"usa/belavia","instrument":"GL 11","lifts":[],"permits":[],"until":"2025-11",)"
                      R"("lapses_at":null,"status":"revoked","since":"2025-10-01"})");
}

TEST_CASE("an amendment of a licence that was never seen shows it as revoked") {
  CHECK(then("2030", {amended("2025-10-01", R"("revokes":["a"])")}).text ==
        R"({"measure":"usa/belavia","instrument":"GL 11","lifts":[],"permits":[],"until":null,"lapses_at":null,)"
        R"("status":"revoked","since":"2025-10-01"})");
  CHECK(then("2030", {amended("2025-10-01", R"("revokes":["a"])"),
                      amended("2025-11-01", R"("revokes":["a"])")})["since"] == "2025-10-01");
}

TEST_CASE("an expired licence stays expired when what it gave is revoked") {
  const Shown after = then("2030", {eased("2025-09-11", both), amended("2026-01-01", R"("revokes":["a","b","x"])")});
  CHECK(after["status"] == "expired");
  CHECK(after["since"] == "2025-11");
  CHECK(after["lifts"] == "[]");
  CHECK(after["permits"] == "[]");
}

}  // namespace chancery::testing
