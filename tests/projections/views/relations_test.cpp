#include "projections/views/relations.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

const std::string usa_to_blr = R"("actor":"state:USA","recipient":"state:BLR")";

std::string call(std::string_view day, const std::string& more) {
  return event("call.held", day, R"("participants":["state:USA"])", more);
}
std::string observed(std::string_view day, const std::string& coding) {
  return event("action.observed", day, R"("text":"something")", usa_to_blr + R"(,"coding":)" + coding);
}
std::string coded(std::string_view day, const std::string& coding) {
  return call(day, usa_to_blr + R"(,"coding":)" + coding);
}

Shown september(const std::vector<std::string>& lines) {
  return at<Relations>("2030", "state:USA>state:BLR/2025-09", Story(lines));
}

}  // namespace

TEST_CASE("an event has a key for each pair of an actor and a recipient that are two different states, each once") {
  CHECK(keys<Relations>(
            call("2025-09-11", R"("actor":["state:USA","state:LTU"],"recipient":["state:BLR","state:USA"])")) ==
        Keys{"state:LTU>state:BLR/2025-09", "state:LTU>state:USA/2025-09", "state:USA>state:BLR/2025-09"});
  CHECK(keys<Relations>(call("2025-09-11", R"("actor":["state:USA","org:un"],"recipient":["person:x","polity:y"])"))
            .empty());
  CHECK(keys<Relations>(call("2025-09-11", R"("actor":"state:USA")")).empty());
}

TEST_CASE("who acts on behalf of a state counts as that state, and only as that") {
  CHECK(keys<Relations>(call("2025-09-11",
                             R"("actor":["state:USA",{"party":"person:john-coale","on_behalf_of":"state:USA"}],)"
                             R"("recipient":{"party":"state:LTU","on_behalf_of":"state:BLR"})")) ==
        Keys{"state:USA>state:BLR/2025-09"});
  CHECK(keys<Relations>(
            call("2025-09-11", R"("actor":{"party":"state:USA","on_behalf_of":"org:un"},"recipient":"state:BLR")"))
            .empty());
}

TEST_CASE("the month is that of the event's first instant in its zone") {
  CHECK(keys<Relations>(call("2025-09", usa_to_blr + R"(,"zone":"Europe/Minsk")")) ==
        Keys{"state:USA>state:BLR/2025-09"});
  CHECK(keys<Relations>(call("2025-08-31T21:00:00Z", usa_to_blr + R"(,"zone":"Europe/Minsk")")) ==
        Keys{"state:USA>state:BLR/2025-09"});
  CHECK(keys<Relations>(call("2025-09-01T03:00:00Z", usa_to_blr + R"(,"zone":"America/New_York")")) ==
        Keys{"state:USA>state:BLR/2025-08"});
  CHECK(keys<Relations>(call("0001-12-31/0002", usa_to_blr)) == Keys{"state:USA>state:BLR/0001-12"});
}

TEST_CASE("an event without a quad class has no key") {
  CHECK(keys<Relations>(event("prisoners.estimated", "2025-09-11", R"("holder":"state:BLR","count":1)", usa_to_blr))
            .empty());
  CHECK(keys<Relations>(observed("2025-09-11", R"({"goldstein":-5})")).empty());
  CHECK(keys<Relations>(observed("2025-09-11", R"({"quad":4})")) == Keys{"state:USA>state:BLR/2025-09"});
}

TEST_CASE("a month counts its events by quad class and sums ten times their Goldstein scale") {
  CHECK(
      september(
          {call("2025-09-11", usa_to_blr), event("sanction.eased", "2025-09-11", R"("measure":"m")", usa_to_blr),
           event("appeal.made", "2025-09-12", R"("asks":{"what":"x"})", usa_to_blr),
           event("sanction.imposed", "2025-09-13", R"("measure":"m","target":"org:x","restrictions":"y")", usa_to_blr),
           call("2025-09-14", usa_to_blr)})
          .text == R"({"from":"state:USA","to":"state:BLR","month":"2025-09","events":5,"verbal_cooperation":2,)"
                   R"("material_cooperation":1,"verbal_conflict":1,"material_conflict":1,"goldstein_tenths":7})");
}

TEST_CASE("each field of an event's own coding stands in place of the default's, the others stay") {
  const Shown scale = september({coded("2025-09-11", R"({"goldstein":-2.0})")});
  CHECK(scale["verbal_cooperation"] == "1");
  CHECK(scale["goldstein_tenths"] == "-20");
  const Shown quad = september({coded("2025-09-11", R"({"quad":3})")});
  CHECK(quad["verbal_conflict"] == "1");
  CHECK(quad["goldstein_tenths"] == "10");
  CHECK(september({coded("2025-09-11", R"({"cameo":"042"})")})["goldstein_tenths"] == "10");
  CHECK(september({observed("2025-09-11", R"({"quad":2})")})["goldstein_tenths"] == "0");
}

TEST_CASE("each Goldstein value is rounded half away from zero as it is written, before it is summed") {
  CHECK(september({coded("2025-09-11", R"({"goldstein":-0.25})")})["goldstein_tenths"] == "-3");
  CHECK(september({coded("2025-09-11", R"({"goldstein":0.25})"),
                   coded("2025-09-12", R"({"goldstein":0.25})")})["goldstein_tenths"] == "6");
  CHECK(september({coded("2025-09-11", R"({"goldstein":0.2499})")})["goldstein_tenths"] == "2");
}

}  // namespace chancery::testing
