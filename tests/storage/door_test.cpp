#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

TEST_CASE("a link to nothing is refused and names its field") {
  OpenLedger ledger;
  ledger.append({said("a")});
  const auto message = [&](const std::string& line) { return ledger.refusal({line}).message(); };
  const std::string rest = "found \"minsk/x\", which is neither in the ledger nor on an earlier line; allowed: the id of an earlier event";
  CHECK(message(said("b", R"(,"because_of":["a","minsk/x"])")) == "because_of[1]: " + rest);
  CHECK(message(said("b", R"(,"disputes":"minsk/x")")) == "disputes[0]: " + rest);
  CHECK(message(correction("b", "minsk/x")) == "corrects: " + rest);
  CHECK(message(retraction("b", "minsk/x")) == "retracts: " + rest);
  CHECK(message(R"({"type":"record.sourced","supports":"minsk/x","sources":"https://e.org/"})") == "supports: " + rest);
  CHECK(message(R"({"type":"letter.delivered","occurred":"2025","data":{"letter":"minsk/x"}})") == "data.letter: " + rest);
  CHECK(message(R"({"type":"letter.answered","occurred":"2025","data":{"letter":"a","with":"minsk/x"}})") == "data.with: " + rest);
  CHECK(message(R"({"type":"flight.flown","occurred":"2025","data":{"from":"x","to":"y","carries":"minsk/x"}})") == "data.carries: " + rest);
  CHECK(message(said("minsk/x", R"(,"because_of":"minsk/x")")) == "because_of[0]: " + rest);
}

TEST_CASE("an event may name one that comes earlier in the same append, and none that comes later") {
  OpenLedger ledger;
  CHECK(ledger.append({said("a"), said("b", R"(,"because_of":"a")"), correction("c", "a"), retraction("d", "c")}).last == 4);
  CHECK(ledger.refusal({said("e", R"(,"because_of":"f")"), said("f")}).field == "because_of[0]");
}

TEST_CASE("what is not live can be neither corrected nor retracted, and the live event of its chain is named") {
  OpenLedger ledger;
  ledger.append({said("a"), correction("b", "a"), correction("c", "b")});
  for (const std::string& line : {correction("d", "a"), retraction("d", "a"), correction("d", "b")}) {
    const Error error = ledger.refusal({line});
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.found.ends_with(", which is not live"));
    CHECK(error.allowed == "\"c\", the live event of its chain");
  }
  ledger.append({retraction("r", "c")});
  CHECK(ledger.refusal({correction("d", "c")}).allowed == "\"b\", the live event of its chain");
  ledger.append({retraction("s", "b"), retraction("t", "a")});
  CHECK(ledger.refusal({correction("d", "a")}).allowed == "an event that is live; it was withdrawn by \"t\"");
  CHECK(ledger.refusal({retraction("d", "c")}).allowed == "an event that is live; it was withdrawn by \"r\"");
}

TEST_CASE("retracting a retraction brings its target back") {
  OpenLedger ledger;
  ledger.append({said("a"), retraction("r", "a")});
  CHECK(ledger.refusal({correction("b", "a")}).allowed == "an event that is live; it was withdrawn by \"r\"");
  ledger.append({retraction("s", "r")});
  const Error twice = ledger.refusal({retraction("t", "r")});
  CHECK(twice.message() == "retracts: found \"r\", which no longer stands; allowed: what still stands; it was withdrawn by \"s\"");
  CHECK(ledger.append({correction("b", "a")}).last == 4);
}

TEST_CASE("a retraction cannot be corrected, only retracted") {
  OpenLedger ledger;
  ledger.append({said("a"), retraction("r", "a")});
  CHECK(ledger.refusal({correction("b", "r")}).message() ==
        "corrects: found \"r\", which is a record.*; allowed: an action that is live; a retraction cannot be corrected, only retracted");
}

TEST_CASE("liveness within one append sees what comes before in it") {
  OpenLedger ledger;
  ledger.append({said("a")});
  CHECK(ledger.refusal({correction("b", "a"), correction("c", "a")}).allowed == "\"b\", the live event of its chain");
  CHECK(ledger.append({correction("b", "a"), correction("c", "b"), retraction("r", "c"), correction("d", "b")}).last == 5);
}

TEST_CASE("a correction belongs to the chain of what it corrects, and its links are kept") {
  OpenLedger ledger;
  ledger.append({said("x"), said("a"), correction("b", "a", R"(,"visibility":"partner")"), correction("c", "b")});
  CHECK(ledger->at(3).value().chain == 2);
  CHECK(ledger->at(4).value().chain == 2);
  CHECK(ledger->at(1).value().chain == 1);
  const auto chain = ledger->links_to(Relation::chain, 2);
  REQUIRE(chain.size() == 2);
  CHECK(chain[0].source == 3);
  CHECK(chain[0].level == Visibility::partner);
  CHECK(chain[1].source == 4);
  const auto corrects = ledger->links_to(Relation::corrects, 2);
  REQUIRE(corrects.size() == 1);
  CHECK(corrects[0].source == 3);
  CHECK(live_of_chain(*ledger, 2, {4}) == Position{4});
  CHECK(live_of_chain(*ledger, 2, {3, Visibility::public_}) == Position{2});
}

TEST_CASE("each link is kept under its relation, once") {
  OpenLedger ledger;
  ledger.append({R"({"id":"l","type":"letter.sent","occurred":"2025","data":{"from":"state:USA","to":"state:BLR"}})",
                 said("a", R"(,"because_of":["l"],"disputes":"l")"),
                 R"({"id":"w","type":"letter.answered","occurred":"2025","data":{"letter":"l","with":"l"}})",
                 R"({"id":"s","type":"record.sourced","supports":"l","sources":"https://e.org/"})", retraction("r", "l")});
  const auto sources = [&](Relation relation) {
    std::vector<Position> all;
    for (const Link& link : ledger->links_to(relation, 1)) all.push_back(link.source);
    return all;
  };
  CHECK(sources(Relation::answers) == std::vector<Position>{2});
  CHECK(sources(Relation::disputes) == std::vector<Position>{2});
  CHECK(sources(Relation::mentions) == std::vector<Position>{3});
  CHECK(sources(Relation::supports) == std::vector<Position>{4});
  CHECK(sources(Relation::retracts) == std::vector<Position>{5});
}

TEST_CASE("a record.* takes the stream of what it names, and who may not see that may not see the stream's name") {
  OpenLedger ledger;
  ledger.append({said("a", R"(,"stream":"secret/case","visibility":"restricted")"), retraction("r", "a"), retraction("s", "r"),
                 retraction("t", "a", R"(,"stream":"elsewhere")")});
  const Recorded first = ledger->at(2).value();
  CHECK(first.event.stream == "secret/case");
  CHECK(first.revision == 1);
  CHECK(first.stream_level == Visibility::restricted);
  CHECK(ledger->at(3).value().stream_level == Visibility::restricted);
  CHECK(ledger->at(4).value().stream_level == Visibility::public_);
  CHECK(ledger->at(1).value().stream_level == Visibility::public_);
  CHECK_FALSE(ledger.append({retraction("r", "a")}).events[0].fresh);
  CHECK(first.earliest == first.recorded_at);
}

TEST_CASE("a delivery takes the stream of its letter, and who may not see the letter may not see the stream's name") {
  OpenLedger ledger;
  ledger.append({R"({"id":"l","type":"letter.sent","occurred":"2025","visibility":"partner","data":{"from":"state:USA","to":"state:BLR"}})",
                 R"({"id":"d","type":"letter.delivered","occurred":"2025","data":{"letter":"l"}})",
                 R"({"id":"e","type":"letter.answered","occurred":"2025","stream":"own","data":{"letter":"l"}})"});
  CHECK(ledger->at(2).value().event.stream == "l");
  CHECK(ledger->at(2).value().stream_level == Visibility::partner);
  CHECK(ledger->at(3).value().stream_level == Visibility::public_);
  CHECK(ledger->at(1).value().stream_level == Visibility::public_);
}

TEST_CASE("that an event is known is found before its links, their liveness, expectations and the order of recorded_at") {
  OpenLedger ledger;
  ledger.append({said("a"), correction("b", "a"), correction("c", "b")});
  CHECK(ledger.append({correction("b", "a")}).events[0].position == 2);
  Condition condition;
  condition.streams = {{"actions", Expected::Kind::none, 0}};
  CHECK(ledger.append({correction("b", "a")}, condition).last == 3);
  auto old = given(said("a", R"(,"recorded_at":"2001-01-01T00:00:00Z")"), true);
  CHECK_FALSE(ledger->append({old}).value().events[0].fresh);
}
