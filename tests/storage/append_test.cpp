#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;
using namespace std::chrono_literals;

TEST_CASE("positions are dense from 1 and revisions dense from 0 in each stream") {
  OpenLedger ledger;
  const Appended first = ledger.append({in_stream("a", "x"), in_stream("b", "y"), in_stream("c", "x")});
  const Appended second = ledger.append({in_stream("d", "x")});
  CHECK(first.last == 3);
  CHECK(second.last == 4);
  REQUIRE(first.events.size() == 3);
  CHECK(first.events[0].position == 1);
  CHECK(first.events[2].position == 3);
  CHECK(first.events[1].revision == 0);
  CHECK(first.events[2].revision == 1);
  CHECK(second.events[0].revision == 2);
  CHECK(second.events[0].fresh);
  const Recorded last = ledger->at(4).value();
  CHECK(last.event.id.text == "d");
  CHECK(last.revision == 2);
  CHECK(last.commit_first == 4);
  CHECK(last.commit_last == 4);
  const Recorded middle = ledger->at(2).value();
  CHECK(middle.commit_first == 1);
  CHECK(middle.commit_last == 3);
  CHECK(middle.recorded_at == ledger->at(1).value().recorded_at);
  CHECK(last.recorded_at > middle.recorded_at);
}

TEST_CASE("what was appended is there after the ledger is opened again") {
  OpenLedger ledger;
  ledger.append({in_stream("a", "x"), in_stream("b", "x")});
  const std::string source = ledger->source();
  ledger.reopen();
  CHECK(ledger->last() == 2);
  CHECK(ledger->find(Id{"b"}).value() == Position{2});
  CHECK(ledger->source() == source);
  CHECK(source.starts_with("urn:uuid:"));
  CHECK(ledger.append({in_stream("c", "x")}).events[0].revision == 2);
}

TEST_CASE("the same id with the same content adds nothing and returns the first position") {
  OpenLedger ledger;
  ledger.append({in_stream("a", "x"), in_stream("b", "x")});
  const Appended again = ledger.append({in_stream("b", "x"), in_stream("c", "x"), in_stream("a", "x")});
  CHECK(again.last == 3);
  CHECK(again.events[0].position == 2);
  CHECK_FALSE(again.events[0].fresh);
  CHECK(again.events[1].position == 3);
  CHECK(again.events[1].fresh);
  CHECK(again.events[2].position == 1);
  CHECK(again.events[2].revision == 0);
  const Appended nothing = ledger.append({in_stream("a", "x")});
  CHECK(nothing.last == 3);
  CHECK(ledger->last() == 3);
}

TEST_CASE("an event that comes twice in one append is recorded once") {
  OpenLedger ledger;
  const Appended appended = ledger.append({said("a"), said("a")});
  CHECK(appended.last == 1);
  CHECK(appended.events[0].fresh);
  CHECK_FALSE(appended.events[1].fresh);
  CHECK(appended.events[1].position == 1);
}

TEST_CASE("the same id with other content is a conflict that names the id and its position") {
  OpenLedger ledger;
  ledger.append({said("x"), said("a")});
  const Error error = ledger.refusal({said("b"), said("a", "", "state:USA")});
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.message().find("\"a\", which position 2 has with other content") != std::string::npos);
  CHECK(ledger->last() == 2);
}

TEST_CASE("a UUID is found whatever the case it was written in") {
  OpenLedger ledger;
  ledger.append({said("6BA7B811-9DAD-11D1-80B4-00C04FD430C8")});
  CHECK(ledger->find(Id{"6ba7b811-9dad-11d1-80b4-00c04fd430c8"}).value() == Position{1});
  CHECK_FALSE(ledger.append({said("6ba7b811-9DAD-11d1-80b4-00c04fd430c8")}).events[0].fresh);
}

TEST_CASE("an append over several streams is recorded whole or not at all") {
  OpenLedger ledger;
  ledger.append({in_stream("a", "x")});
  CHECK(ledger.refusal({in_stream("b", "x"), in_stream("c", "y"), said("d", R"(,"because_of":"nothing")")}).kind == ErrorKind::refused);
  CHECK(ledger->last() == 1);
  CHECK_FALSE(ledger->find(Id{"b"}).value());
  const Appended after = ledger.append({in_stream("c", "y"), in_stream("b", "x")});
  CHECK(after.events[0].revision == 0);
  CHECK(after.events[1].revision == 1);
}

TEST_CASE("an expected revision that does not hold is a conflict that names the actual one") {
  OpenLedger ledger;
  ledger.append({in_stream("a", "x"), in_stream("b", "x")});
  using Kind = Expected::Kind;
  Condition condition;
  condition.streams = {{"x", Kind::exactly, 0}};
  const Error error = ledger.refusal({in_stream("c", "x")}, condition);
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.message() == "expect x: found revision 1; allowed: revision 0, as was expected");
  condition.streams = {{"x", Kind::none, 0}};
  CHECK(ledger.refusal({in_stream("c", "x")}, condition).found == "revision 1");
  condition.streams = {{"y", Kind::exists, 0}};
  CHECK(ledger.refusal({in_stream("c", "x")}, condition).found == "no events");
  condition.streams = {{"x", Kind::exactly, 1}, {"y", Kind::none, 0}, {"x", Kind::exists, 0}};
  CHECK(ledger.append({in_stream("c", "x")}, condition).last == 3);
}

TEST_CASE("a retry of an append with an expected revision adds nothing and does not conflict") {
  OpenLedger ledger;
  Condition none;
  none.streams = {{"x", Expected::Kind::none, 0}};
  ledger.append({in_stream("a", "x"), in_stream("b", "x")}, none);
  CHECK(ledger.append({in_stream("a", "x"), in_stream("b", "x")}, none).last == 2);
  SECTION("also where it had been recorded in part") {
    CHECK(ledger.append({in_stream("a", "x"), in_stream("b", "x"), in_stream("c", "x")}, none).events[2].revision == 2);
  }
  SECTION("but not where others came after") {
    ledger.append({in_stream("other", "x")});
    CHECK(ledger.refusal({in_stream("a", "x"), in_stream("b", "x"), in_stream("c", "x")}, none).kind == ErrorKind::conflict);
  }
}

TEST_CASE("a query condition fails where an event that matches came after its position") {
  OpenLedger ledger;
  ledger.append({said("a", R"(,"tags":["t"])"), said("b", "", "state:USA")});
  Condition condition;
  condition.none_matches = Query{};
  condition.none_matches->tags = {"t"};
  condition.after = 0;
  const Error error = ledger.refusal({said("c")}, condition);
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.found == "an event that matches at position 1");
  condition.after = 1;
  CHECK(ledger.append({said("c", R"(,"tags":["t"])")}, condition).last == 3);
  CHECK(ledger.refusal({said("d")}, condition).found == "an event that matches at position 3");
  condition.none_matches->parties = {"state:USA"};
  CHECK(ledger.append({said("d")}, condition).last == 4);
  condition.none_matches = Query{{"statement.made"}, {}, {"state:USA"}, {}, {}};
  condition.after = 0;
  CHECK(ledger.refusal({said("e")}, condition).found == "an event that matches at position 2");
}

TEST_CASE("of two who claim the same under a query condition one wins, also if the other sends the winner's claim along with its own") {
  OpenLedger ledger;
  Condition unclaimed;
  unclaimed.none_matches = Query{};
  unclaimed.none_matches->tags = {"claim"};
  const std::string claim = said("claim", R"(,"tags":["claim"])");
  ledger.append({claim}, unclaimed);
  CHECK(ledger.append({claim}, unclaimed).last == 1);
  for (const auto& both : {std::vector{claim, said("own")}, {said("own"), claim}}) {
    CHECK(ledger.refusal(both, unclaimed).found == "an event that matches at position 1");
  }
  CHECK(ledger->last() == 1);
}

TEST_CASE("recorded_at follows the clock, and goes on by a microsecond where the clock stands still or goes back") {
  Instant now = Instant(1'700'000'000'000'000us);
  LedgerOptions options;
  options.clock = [&] { return now; };
  OpenLedger ledger(options);
  ledger.append({said("a")});
  ledger.append({said("b")});
  now -= 1h;
  ledger.append({said("c"), said("d")});
  ledger.reopen();
  ledger.append({said("e")});
  const Instant first = ledger->at(1).value().recorded_at;
  CHECK(first == Instant(1'700'000'000'000'000us));
  CHECK(ledger->at(2).value().recorded_at == first + 1us);
  CHECK(ledger->at(3).value().recorded_at == first + 2us);
  CHECK(ledger->at(4).value().recorded_at == first + 2us);
  CHECK(ledger->at(5).value().recorded_at == first + 3us);
}

TEST_CASE("a preserved recorded_at is kept, and refused where it does not come strictly after the last commit") {
  OpenLedger ledger;
  const auto at = [](const std::string& id, const std::string& time) {
    return said(id, R"(,"recorded_at":"2025-03-01T)" + time + R"(Z","recorded_by":"ann")");
  };
  REQUIRE(ledger->append(all_given({at("a", "10:00:00"), at("b", "10:00:00")}, true)));
  CHECK(format_instant(ledger->at(2).value().recorded_at) == "2025-03-01T10:00:00Z");
  CHECK(ledger->at(2).value().recorded_by == "ann");
  CHECK(ledger->at(1).value().commit_last == 2);
  const Error same = ledger.refusal({at("c", "10:00:00")}, {}, true);
  CHECK(same.kind == ErrorKind::refused);
  CHECK(same.message() == "recorded_at: found 2025-03-01T10:00:00Z; allowed: later than 2025-03-01T10:00:00Z, when the last commit was recorded");
  CHECK(ledger.refusal({at("c", "11:00:00"), at("d", "11:00:01")}, {}, true).field == "recorded_at");
  SECTION("the same file again is no matter") {
    CHECK_FALSE(ledger->append(all_given({at("a", "10:00:00"), at("b", "10:00:00")}, true)).value().events[1].fresh);
  }
  REQUIRE(ledger->append(all_given({at("c", "10:00:00.000001")}, true)));
}

TEST_CASE("commit_end_at gives the end of the last whole commit, for a position and for an instant") {
  Instant now = Instant(0us);
  LedgerOptions options;
  options.clock = [&] { return now; };
  OpenLedger ledger(options);
  for (const auto& commit : std::vector<std::vector<std::string>>{{said("a"), said("b")}, {said("c")}, {said("d"), said("e"), said("f")}}) {
    now += 1s;
    ledger.append(commit);
  }
  CHECK(commit_end_at(*ledger, Position{0}) == Position{0});
  CHECK(commit_end_at(*ledger, Position{1}) == Position{0});
  CHECK(commit_end_at(*ledger, Position{2}) == Position{2});
  CHECK(commit_end_at(*ledger, Position{3}) == Position{3});
  CHECK(commit_end_at(*ledger, Position{5}) == Position{3});
  CHECK(commit_end_at(*ledger, Position{6}) == Position{6});
  CHECK(commit_end_at(*ledger, Position{7}).error().kind == ErrorKind::refused);
  const std::vector<std::pair<int, Position>> at_seconds{{0, 0}, {1, 2}, {2, 3}, {3, 6}, {4, 6}};
  for (const auto& [seconds, end] : at_seconds) CHECK(commit_end_at(*ledger, Instant(std::chrono::seconds(seconds))) == end);
  CHECK(commit_end_at(*ledger, Instant(2s - 1us)) == Position{2});
}

TEST_CASE("a ledger reads both ways, within bounds, and stops when it is told to") {
  OpenLedger ledger;
  std::vector<std::string> lines;
  for (int i = 1; i <= 10; ++i) lines.push_back(said("e" + std::to_string(i)));
  ledger.append(lines);
  std::vector<Position> seen;
  const auto note = [&](Recorded&& recorded) {
    seen.push_back(recorded.position);
    return recorded.position != 6;
  };
  REQUIRE(ledger->read(3, 99, note));
  CHECK(seen == std::vector<Position>{3, 4, 5, 6});
  seen.clear();
  REQUIRE(ledger->read_backward(2, 8, note));
  CHECK(seen == std::vector<Position>{8, 7, 6});
  seen.clear();
  REQUIRE(ledger->read_backward(0, 3, note));
  CHECK(seen == std::vector<Position>{3, 2, 1});
  CHECK(ledger->at(0).error().kind == ErrorKind::not_found);
  CHECK(ledger->at(11).error().kind == ErrorKind::not_found);
}

TEST_CASE("a preserved recorded_at far ahead of the clock is refused, since all that comes later would have to be later still") {
  LedgerOptions options;
  options.clock = [] { return Instant(1'700'000'000'000'000us); };
  OpenLedger ledger(options);
  const auto at = [](const std::string& year) { return std::vector{said("a", R"(,"recorded_at":")" + year + R"(-01-01T00:00:00Z")")}; };
  for (const char* year : {"2034", "9999"}) {
    const Error error = ledger.refusal(at(year), {}, true);
    CHECK(error.field == "recorded_at");
    CHECK(error.allowed == "at most ten years after 2023-11-14T22:13:20Z, which it is now");
    const auto rehearsal = Rehearsal::begin(*ledger.operator->(), ledger.parent());
    REQUIRE(rehearsal);
    CHECK((*rehearsal)->add(given(at(year).front(), true)).error() == error);
  }
  REQUIRE(ledger->append(all_given(at("2033"), true)));
}
