#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

template <class Random>
std::string random_event(std::uint64_t number, Random& random) {
  const std::string id = "e" + std::to_string(number);
  const std::string level = std::vector<std::string>{"public", "partner", "restricted"}[random() % 3];
  std::string more = R"(,"visibility":")" + level + '"';
  if (number > 5 && random() % 10 == 0) {
    return R"({"id":")" + id + R"(","type":"record.sourced","supports":"e)" + std::to_string(1 + random() % (number - 1)) +
           R"(","sources":"https://e.org/")" + more + "}";
  }
  if (random() % 2 == 0) more += R"(,"tags":["t)" + std::to_string(random() % 3) + R"(","t)" + std::to_string(3 + random() % 3) + R"("])";
  if (random() % 2 == 0) more += R"(,"actor":[{"party":"person:p)" + std::to_string(random() % 3) + R"(","on_behalf_of":"state:USA"}])";
  more += R"(,"occurred":"20)" + std::to_string(10 + random() % 15) + '"';
  switch (random() % 3) {
    case 0: return R"({"id":")" + id + R"(","type":"sanction.lifted","data":{"measure":"m)" + std::to_string(random() % 4) + R"("})" + more + "}";
    case 1: return R"({"id":")" + id + R"(","type":"appeal.made","data":{"asks":[{"what":"x","about":"state:BLR"}]})" + more + "}";
    default: return R"({"id":")" + id + R"(","type":"flight.flown","stream":"s)" + std::to_string(random() % 2) +
                    R"(","data":{"from":"state:LTU","to":"Minsk"})" + more + "}";
  }
}

template <class Random>
std::vector<std::string> some(const std::vector<std::string>& of, Random& random) {
  std::vector<std::string> picked;
  if (random() % 3 != 0) return picked;
  for (const std::string& one : of) {
    if (random() % 2 == 0) picked.push_back(one);
  }
  return picked;
}

bool any(const std::vector<std::string>& wanted, const std::set<std::string>& has) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return has.contains(one); });
}

/// What should pass, told from the event's JSON alone.
bool passes(const Filter& filter, const Recorded& recorded) {
  std::string json;
  write_recorded(json, recorded);
  const Event& event = recorded.event;
  if (event.level() > filter.level) return false;
  std::set<std::string> parties, tags(event.tags.begin(), event.tags.end()), measures;
  for (const std::string kind : {"state:", "person:"}) {
    for (std::size_t at = json.find('"' + kind); at != std::string::npos; at = json.find('"' + kind, at + 1)) {
      parties.insert(json.substr(at + 1, json.find('"', at + 1) - at - 1));
    }
  }
  if (const auto* lifted = event.as<SanctionLifted>()) measures.insert(lifted->measure.text);
  const std::string stream = recorded.stream_level > filter.level ? "actions" : event.stream;
  const Query& query = filter.query;
  return any(query.types, {std::string(event.type())}) && any(query.streams, {stream}) && any(query.parties, parties) &&
         any(query.tags, tags) && any(query.measures, measures);
}

}  // namespace

TEST_CASE("a filtered read gives exactly the events that match, both ways and by world time") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  Instant now = Instant(std::chrono::seconds(1'000'000'000));
  LedgerOptions options;
  options.clock = [&] { return now; };
  OpenLedger ledger(options);
  std::vector<Recorded> all;
  for (std::uint64_t number = 1; number <= 300;) {
    std::vector<std::string> lines;
    for (std::uint64_t count = 1 + random() % 4; count > 0; --count) lines.push_back(random_event(number++, random));
    now += std::chrono::seconds(1);
    ledger.append(lines);
  }
  REQUIRE(ledger->read(1, ledger->last(), [&](Recorded&& recorded) {
    all.push_back(std::move(recorded));
    return true;
  }));
  for (int i = 0; i < 300; ++i) {
    Filter filter;
    filter.query.types = some({"sanction.lifted", "appeal.made", "flight.flown", "record.sourced"}, random);
    filter.query.streams = some({"actions", "s0", "s1", "m0", "m1", "none"}, random);
    filter.query.parties = some({"state:BLR", "state:USA", "person:p1", "state:LTU"}, random);
    filter.query.tags = some({"t0", "t1", "t4", "t"}, random);
    filter.query.measures = some({"m0", "m2"}, random);
    filter.level = all_levels[random() % 3];
    if (random() % 4 == 0) filter.since = Instant(std::chrono::seconds(1'000'000'000 + random() % 130));
    if (random() % 4 == 0) filter.until = Instant(std::chrono::seconds(1'000'000'000 + random() % 130));
    const Position from = random() % 2 == 0 ? 1 : 1 + random() % 300, to = random() % 2 == 0 ? ~Position{0} : random() % 310;
    std::vector<Position> expected;
    for (const Recorded& recorded : all) {
      if (recorded.position < from || recorded.position > to || !passes(filter, recorded)) continue;
      if ((filter.since && recorded.recorded_at < *filter.since) || (filter.until && recorded.recorded_at > *filter.until)) continue;
      expected.push_back(recorded.position);
    }
    CHECK(selected(*ledger, filter, false, from, to) == expected);
    std::reverse(expected.begin(), expected.end());
    CHECK(selected(*ledger, filter, true, from, to) == expected);

    if (filter.since) filter.since = Instant(std::chrono::sys_days{std::chrono::year(2010 + static_cast<int>(random() % 15)) / 1 / 1});
    if (filter.until) filter.until = Instant(std::chrono::sys_days{std::chrono::year(2010 + static_cast<int>(random() % 15)) / 1 / 1});
    std::vector<std::pair<Instant, Position>> by_time;
    for (const Recorded& recorded : all) {
      if (recorded.event.about_record() || !passes(filter, recorded)) continue;
      if ((filter.since && recorded.earliest < *filter.since) || (filter.until && recorded.earliest > *filter.until)) continue;
      by_time.emplace_back(recorded.earliest, recorded.position);
    }
    std::sort(by_time.begin(), by_time.end());
    std::vector<std::pair<Instant, Position>> got;
    REQUIRE(ledger->select_by_occurred(filter, [&](Recorded&& recorded) {
      got.emplace_back(recorded.earliest, recorded.position);
      return true;
    }));
    CHECK(got == by_time);
  }
}

TEST_CASE("an event is found by every party it names anywhere") {
  OpenLedger ledger;
  ledger.append({R"({"type":"prisoners.released","occurred":"2025","actor":{"party":"person:a","on_behalf_of":"state:USA"},"recipient":"org:b",
                    "data":{"holder":"state:BLR","persons":["person:c","person:d"],"destination":"state:LTU"}})"});
  for (const char* party : {"person:a", "state:USA", "org:b", "state:BLR", "person:c", "person:d", "state:LTU"}) {
    Filter filter;
    filter.query.parties = {party};
    CHECK(selected(*ledger, filter) == std::vector<Position>{1});
  }
  Filter filter;
  filter.query.parties = {"person:"};
  CHECK(selected(*ledger, filter).empty());
}

TEST_CASE("a selection stops when it is told to") {
  OpenLedger ledger;
  ledger.append({said("a"), said("b"), said("c")});
  int seen = 0;
  Filter filter;
  filter.query.types = {"statement.made"};
  REQUIRE(ledger->select(filter, 1, 3, true, [&](Recorded&& recorded) { return ++seen, recorded.position != 2; }));
  CHECK(seen == 2);
}
