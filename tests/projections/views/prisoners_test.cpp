#include "projections/views/prisoners.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

const std::string holder = R"("holder":"state:BLR")";

std::string detained(std::string_view day, const std::string& data) {
  return event("prisoners.detained", day, holder + "," + data);
}
std::string released(std::string_view day, const std::string& data) {
  return event("prisoners.released", day, holder + "," + data);
}
std::string estimated(std::string_view day, const std::string& data) {
  return event("prisoners.estimated", day, holder + "," + data);
}
std::string reported(std::string_view day, const std::string& person, const std::string& status) {
  return event("prisoner.reported", day, holder + R"(,"person":"person:)" + person + R"(","status":")" + status + '"');
}

Shown tally(const std::vector<std::string>& lines) { return at<Prisoners>("2030", "state:BLR", Story(lines)); }
Shown person(const std::vector<std::string>& lines) {
  return at<Prisoners>("2030", "state:BLR/person:ales", Story(lines));
}

const std::string ales = R"("persons":["person:ales"])";

}  // namespace

TEST_CASE("detentions, releases, estimates and deaths have the holder's key, and each person named a key of its own") {
  CHECK(keys<Prisoners>(detained("2025", R"("count":3,"persons":["person:b","person:a"])")) ==
        Keys{"state:BLR", "state:BLR/person:a", "state:BLR/person:b"});
  CHECK(keys<Prisoners>(released("2025", R"("persons":["person:a"])")) == Keys{"state:BLR", "state:BLR/person:a"});
  CHECK(keys<Prisoners>(released("2025", R"("count":52)")) == Keys{"state:BLR"});
  CHECK(keys<Prisoners>(estimated("2025", R"("count":1300)")) == Keys{"state:BLR"});
  CHECK(keys<Prisoners>(reported("2025", "a", "died")) == Keys{"state:BLR", "state:BLR/person:a"});
}

TEST_CASE("a report of anything but a death does not count in the tally") {
  for (const char* status : {"held", "released", "unknown"}) {
    CHECK(keys<Prisoners>(reported("2025", "a", status)) == Keys{"state:BLR/person:a"});
  }
  CHECK(keys<Prisoners>(event("statement.made", "2025", R"("speaker":"state:BLR")")).empty());
}

TEST_CASE("a tally begins with nobody known to be held, no upper bound and no estimate") {
  CHECK(tally({detained("2025-01-02", R"("count":[2,3])")}).text ==
        R"({"holder":"state:BLR","held":{"low":2,"high":null},"estimate":null,"since_estimate":null,)"
        R"("total":{"detained":{"low":2,"high":3},"released":{"low":0,"high":0},)"
        R"("released_foreign":{"low":0,"high":0},"died":0}})");
}

TEST_CASE("an estimate sets what is held, is shown with its position, and starts the count since it again") {
  const Shown after = tally({detained("2025-01-01", R"("count":10)"), estimated("2025-01-02", R"("count":[1300,1400])"),
                             detained("2025-01-03", R"("count":5)"),
                             estimated("2025-01-04", R"("count":[1200,null],"claimed_by":"org:viasna")"),
                             released("2025-01-05", R"("count":2)")});
  CHECK(after["held"] == R"({"low":1198,"high":null})");
  CHECK(after["estimate"] == R"({"low":1200,"high":null,"claimed_by":"org:viasna","event":4})");
  CHECK(after["since_estimate"] == R"({"detained":{"low":0,"high":0},"released":{"low":2,"high":2},"died":0})");
  CHECK(after["total.detained"] == R"({"low":15,"high":15})");
  CHECK(tally({estimated("2025", R"("count":7)")})["estimate"] == R"({"low":7,"high":7,"claimed_by":null,"event":1})");
}

TEST_CASE("the count is taken before the number of persons, which stands only where there is no count") {
  CHECK(tally({detained("2025", R"("count":3,"persons":["person:a","person:b"])")})["total.detained"] ==
        R"({"low":3,"high":3})");
  CHECK(tally({detained("2025", R"("persons":["person:a","person:b"])")})["total.detained"] == R"({"low":2,"high":2})");
}

TEST_CASE(
    "a release takes the most that it can be from the low bound and the least from the high one, never below zero") {
  const std::string before = estimated("2025-01-01", R"("count":[10,20])");
  CHECK(tally({before, released("2025-01-02", R"("count":[3,5])")})["held"] == R"({"low":5,"high":17})");
  CHECK(tally({before, released("2025-01-02", R"("count":[12,30])")})["held"] == R"({"low":0,"high":8})");
  CHECK(tally({before, released("2025-01-02", R"("count":30)")})["held"] == R"({"low":0,"high":0})");
}

TEST_CASE(
    "a number without an upper bound leaves none in what it is added to, and a low of zero where it is taken away") {
  const std::string before = estimated("2025-01-01", R"("count":[10,20])");
  const Shown grown = tally({before, detained("2025-01-02", R"("count":[3,null])")});
  CHECK(grown["held"] == R"({"low":13,"high":null})");
  CHECK(grown["since_estimate.detained"] == R"({"low":3,"high":null})");
  const Shown shrunk = tally({before, released("2025-01-02", R"("count":[3,null])")});
  CHECK(shrunk["held"] == R"({"low":0,"high":17})");
  CHECK(shrunk["total.released"] == R"({"low":3,"high":null})");
  CHECK(shrunk["total.released_foreign"] == R"({"low":0,"high":null})");
  const Shown later = tally({before, detained("2025-01-02", R"("count":[3,null])"),
                             detained("2025-01-03", R"("count":1)"), released("2025-01-04", R"("count":4)")});
  CHECK(later["held"] == R"({"low":10,"high":null})");
}

TEST_CASE("the foreigners among the released are those told or, where nothing is told, none to all of them") {
  CHECK(tally({released("2025", R"("count":52,"foreign":14)")})["total.released_foreign"] == R"({"low":14,"high":14})");
  CHECK(tally({released("2025", R"("count":[50,52])")})["total.released_foreign"] == R"({"low":0,"high":52})");
  CHECK(tally({released("2025-01", R"("count":52,"foreign":[1,null])"),
               released("2025-02", R"("count":2)")})["total.released_foreign"] == R"({"low":1,"high":null})");
  CHECK(tally({detained("2025", R"("count":52,"foreign":14)")})["total.released_foreign"] == R"({"low":0,"high":0})");
}

TEST_CASE("a death takes one from both bounds, not below zero, and counts since the estimate and in the total") {
  const Shown after = tally({estimated("2025-01-01", R"("count":[0,2])"), reported("2025-01-02", "a", "died"),
                             reported("2025-01-03", "b", "died"), reported("2025-01-04", "c", "died")});
  CHECK(after["held"] == R"({"low":0,"high":0})");
  CHECK(after["since_estimate.died"] == "3");
  CHECK(after["total.died"] == "3");
  CHECK(tally({detained("2025-01-01", R"("count":4)"), reported("2025-01-02", "a", "died")})["held"] ==
        R"({"low":3,"high":null})");
}

TEST_CASE("an estimate leaves the totals as they are") {
  const Shown after = tally({released("2025-01-01", R"("count":52,"foreign":14)"), reported("2025-01-02", "a", "died"),
                             estimated("2025-01-03", R"("count":1300)")});
  CHECK(after["total"] == R"({"detained":{"low":0,"high":0},"released":{"low":52,"high":52},)"
                          R"("released_foreign":{"low":14,"high":14},"died":1})");
}

TEST_CASE("a person is held by a detention, released by a release, and what a report says") {
  CHECK(person({detained("2025-01-01", ales)}).text ==
        R"({"person":"person:ales","holder":"state:BLR","status":"held","since":"2025-01-01"})");
  CHECK(person({released("2025-01-01", ales)})["status"] == "released");
  for (const char* status : {"held", "released", "unknown", "died"}) {
    CHECK(person({reported("2025-01-01", "ales", status)})["status"] == status);
  }
}

TEST_CASE("a person shows the mode and destination of the release that set the state, and of nothing else") {
  const std::string release = released("2025-01-02", ales + R"(,"mode":"pardon","destination":"state:LTU")");
  CHECK(person({release}).text ==
        R"({"person":"person:ales","holder":"state:BLR","status":"released","since":"2025-01-02",)"
        R"("mode":"pardon","destination":"state:LTU"})");
  CHECK(person({release, released("2025-01-03", ales + R"(,"mode":"served")")})["mode"] == "served");
  CHECK(person({release, released("2025-01-03", ales)})["destination"] == "(absent)");
  CHECK(person({release, detained("2025-01-03", ales)})["mode"] == "(absent)");
  CHECK(person({release, reported("2025-01-03", "ales", "unknown")})["mode"] == "(absent)");
}

TEST_CASE("a report that repeats a person's status changes nothing, a second detention or release does") {
  const std::string release = released("2025-01-02", ales + R"(,"mode":"pardon")");
  CHECK(person({release, reported("2025-01-03", "ales", "released")}).text == person({release}).text);
  CHECK(person({release, released("2025-01-03", ales)})["since"] == "2025-01-03");
  CHECK(person({detained("2025-01-02", ales), detained("2025-01-03~", ales)})["since"] == "2025-01-03~");
  CHECK(person({release, reported("2025-01-03", "ales", "held")})["since"] == "2025-01-03");
}

}  // namespace chancery::testing
