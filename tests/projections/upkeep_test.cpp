#include <catch2/catch.hpp>

#include "tests/support/affair.hpp"

using namespace chancery;
using chancery::test::Affair;

namespace {

std::string mission(const std::string& id, const std::string& what, const std::string& occurred, const std::string& more = "") {
  return R"({"id":")" + id + R"(","type":"mission.)" + what + R"(","occurred":")" + occurred +
         R"(","data":{"sender":"state:USA","host":"state:BLR","city":"minsk"})" + more + "}";
}

std::string retraction(const std::string& id, const std::string& of, const std::string& more = "") {
  return R"({"id":")" + id + R"(","type":"record.retracted","retracts":")" + of + R"(","data":{"reason":"wrong"})" + more + "}";
}

const std::string key = "state:USA@state:BLR/minsk";

std::string state(const std::string& status, const std::string& since) {
  return R"({"sender":"state:USA","host":"state:BLR","city":"minsk","level":"embassy","status":")" + status +
         R"(","since":")" + since + R"("})";
}

std::string corrects(const std::string& id) { return R"(,"corrects":")" + id + "\""; }
std::string hidden(const std::string& level) { return R"(,"visibility":")" + level + "\""; }

}  // namespace

TEST_CASE("a late event is folded where it belongs in time, not where it was recorded") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2022-02-10"), mission("late", "suspended", "2011-03-01")});
  CHECK(affair.timeline("missions", key) == "2000-01-01..2011-03-01 because(1) " + state("open", "2000") + "\n" +
                                                "2011-03-01..2022-02-10 because(3) " + state("suspended", "2011-03-01") + "\n" +
                                                "2022-02-10.. because(2) " + state("closed", "2022-02-10") + "\n");
  CHECK(affair.state("missions", key, "2015", 2) == state("open", "2000"));
  CHECK(affair.state("missions", key, "2015", 3) == state("suspended", "2011-03-01"));
}

TEST_CASE("retracting a correction brings back what it had replaced") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2001", corrects("a")), retraction("c", "b")});
  CHECK(affair.state("missions", key, "2005", 1) == state("open", "2000"));
  CHECK(affair.state("missions", key, "2005", 2) == state("closed", "2001"));
  CHECK(affair.state("missions", key, "2005", 3) == state("open", "2000"));
}

TEST_CASE("retracting a retraction undoes it") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), retraction("r", "a"), retraction("rr", "r")});
  CHECK(affair.state("missions", key, "2005", 1) == state("open", "2000"));
  CHECK(affair.state("missions", key, "2005", 2).empty());
  CHECK(affair.state("missions", key, "2005", 3) == state("open", "2000"));
}

TEST_CASE("history keeps a rectangle for each stretch in which a row stood exactly so") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), retraction("r", "a"), retraction("rr", "r")});
  const auto rows = affair.reader("missions").history(key, affair.from()).value();
  REQUIRE(rows.size() == 2);
  CHECK((rows[0].known_from == 1 && rows[0].known_to == 2));
  CHECK((rows[1].known_from == 3 && rows[1].known_to == still));
  CHECK(rows[0].state == rows[1].state);
}

TEST_CASE("an event recorded and withdrawn in one commit was never believed") {
  Affair affair;
  affair.commit({mission("a", "opened", "2000"), retraction("r", "a")});
  CHECK(affair.timeline("missions", key).empty());
  CHECK(affair.reader("missions").history(key, affair.from()).value().empty());
  affair.told({retraction("rr", "r")});
  CHECK(affair.state("missions", key, "2005") == state("open", "2000"));
}

TEST_CASE("a correction may be of another type and then leaves the key it had") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"),
               R"({"id":"b","type":"statement.made","occurred":"2000","corrects":"a","data":{"speaker":"person:x"}})"});
  CHECK(affair.state("missions", key, "2005", 1) == state("open", "2000"));
  CHECK(affair.state("missions", key, "2005", 2).empty());
}

TEST_CASE("a correction keeps its chain's place among events of one instant") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2000"), mission("c", "suspended", "2000", corrects("a"))});
  CHECK(affair.timeline("missions", key) == "2000-01-01.. because(3,2) " + state("closed", "2000") + "\n");
}

TEST_CASE("a reader is not told of an event above its level, nor of what it changed") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2010", hidden("restricted"))});
  CHECK(affair.state("missions", key, "2020", {}, Visibility::restricted) == state("closed", "2010"));
  CHECK(affair.state("missions", key, "2020", {}, Visibility::partner) == state("open", "2000"));
  CHECK(affair.state("missions", key, "2020", {}, Visibility::public_) == state("open", "2000"));
}

TEST_CASE("a key that a level tells apart stays right for it when later public events come") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2010", hidden("partner")),
               mission("c", "suspended", "2005"), retraction("r", "b", hidden("partner"))});
  CHECK(affair.timeline("missions", key, {}, Visibility::public_) ==
        "2000-01-01..2005-01-01 because(1) " + state("open", "2000") + "\n" + "2005-01-01.. because(3) " +
            state("suspended", "2005") + "\n");
  CHECK(affair.timeline("missions", key, {}, Visibility::partner) == affair.timeline("missions", key, {}, Visibility::public_));
  CHECK(affair.state("missions", key, "2020", 3, Visibility::partner) == state("closed", "2010"));
  CHECK(affair.state("missions", key, "2020", 3, Visibility::public_) == state("suspended", "2005"));
}

TEST_CASE("a public correction of a hidden correction replaces the public original too") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "suspended", "2001", corrects("a") + hidden("restricted")),
               mission("c", "closed", "2002", corrects("b"))});
  CHECK(affair.timeline("missions", key, {}, Visibility::public_) == "2002-01-01.. because(3) " + state("closed", "2002") + "\n");
}

TEST_CASE("a row is disputed while a live event disputes one it rests on") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"),
               R"({"id":"d","type":"statement.made","occurred":"2001","disputes":["a"],"data":{"speaker":"person:x"}})",
               retraction("r", "d")});
  CHECK(affair.timeline("missions", key, 2) == "2000-01-01.. because(1)? " + state("open", "2000") + "\n");
  CHECK(affair.timeline("missions", key, 3) == "2000-01-01.. because(1) " + state("open", "2000") + "\n");
}

TEST_CASE("opening a ledger again answers the same") {
  Affair affair;
  affair.told({mission("a", "opened", "2000"), mission("b", "closed", "2010", hidden("restricted")), mission("c", "opened", "2012")});
  const std::string before = affair.timeline("missions", key) + affair.timeline("missions", key, {}, Visibility::public_);
  affair.reopen();
  CHECK(affair.timeline("missions", key) + affair.timeline("missions", key, {}, Visibility::public_) == before);
}
