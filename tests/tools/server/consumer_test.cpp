#include "tools/server/consumer.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/affair.hpp"

using namespace chancery;
using namespace chancery::server;
using test::Affair;

namespace {

constexpr auto restricted = Visibility::restricted;
using std::chrono::hours, std::chrono::seconds;

std::string release(const std::string& id, const std::string& more = "") {
  return fmt::format(R"({{"id":"{}","type":"prisoners.released","occurred":"2025-09-11","data":{{"holder":"state:BLR","count":52}}{}}})", id, more);
}

std::vector<std::string> releases(std::size_t count) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back(release(fmt::format("e{}", i), fmt::format(R"(,"stream":"s{}")", i)));
  return lines;
}

ConsumerSettings of_all() {
  ConsumerSettings settings;
  settings.level = restricted;
  settings.backoff = {seconds(0), seconds(0)};
  return settings;
}

/// What a ledger would have of a consumer.
class Disk {
 public:
  void keep(Consumer& consumer, const Now& now = Now::read()) {
    last = consumer.unkept("consumer/", now);
    for (const auto& [name, value] : last) value ? void(all[name] = *value) : void(all.erase(name));
    consumer.was_kept();
  }
  Consumer read(const Now& now = Now::read()) const {
    Consumer consumer = Consumer::read("c", all.at("consumer/c"), now).value();
    for (const Beside what : {Beside::tried, Beside::parked}) {
      const std::string prefix = std::string(beside_prefix(what)) + "consumer/c/";
      for (const auto& [name, value] : all) {
        if (name.starts_with(prefix)) REQUIRE(consumer.read_beside(what, std::stoull(name.substr(prefix.size())), value, now));
      }
    }
    return consumer;
  }

  std::map<std::string, std::string> all;
  std::vector<Ledger::Kept> last;  // what was kept the last time
};

std::vector<Handed> next(Consumer& consumer, Affair& affair, const Now& now = Now::read(), std::size_t most = 1000, Visibility ceiling = restricted) {
  bool changed = false;
  return consumer.next(affair.ledger(), ceiling, most, now, changed).value();
}

/// Parks up to so many.
std::size_t park(Consumer& consumer, Affair& affair, std::size_t most) {
  std::size_t parked = 0;
  for (const Handed& one : next(consumer, affair, Now::read(), most)) {
    REQUIRE(consumer.send_back(one.position, one.lease, "no", std::nullopt, true, Now::read()));
    ++parked;
  }
  return parked;
}

}  // namespace

TEST_CASE("a lease and a wait last as long as they say, however the system's clock is set") {
  Affair affair;
  affair.told({release("a")});
  Consumer consumer("c", of_all(), 0);
  const Now begun = Now::read();
  const auto first = next(consumer, affair, begun);
  REQUIRE(first.size() == 1);
  const Now ahead{begun.steady + seconds(29), begun.system + hours(1000)};
  CHECK(consumer.leased(ahead) == 1);
  REQUIRE(consumer.send_back(1, first[0].lease, "no", seconds(60), false, ahead));
  CHECK(next(consumer, affair, {begun.steady + seconds(88), begun.system + hours(2000)}).empty());
  const auto second = next(consumer, affair, {begun.steady + seconds(90), begun.system - hours(1000)});
  REQUIRE(second.size() == 1);
  CHECK_FALSE(consumer.acknowledge({{1, second[0].lease}}, {begun.steady + seconds(121), begun.system - hours(1000)}));
}

TEST_CASE("what waits for its next try waits as long over a restart, and no longer than a day if the clock was set") {
  Affair affair;
  affair.told({release("a")});
  Consumer consumer("c", of_all(), 0);
  const Now begun = Now::read();
  REQUIRE(consumer.send_back(1, next(consumer, affair, begun).at(0).lease, "no", seconds(3600), false, begun));
  Disk disk;
  disk.keep(consumer, begun);
  Consumer again = disk.read({begun.steady, begun.system + seconds(1800)});
  CHECK(next(again, affair, {begun.steady + seconds(1790), begun.system}).empty());
  CHECK(next(again, affair, {begun.steady + seconds(1810), begun.system}).size() == 1);
  Consumer set_back = disk.read({begun.steady, begun.system - hours(10'000)});
  CHECK(next(set_back, affair, {begun.steady + hours(25), begun.system}).size() == 1);
}

TEST_CASE("a consumer that only passes over what it does not want has nothing that must be kept") {
  Affair affair;
  affair.told(releases(3));
  ConsumerSettings settings = of_all();
  settings.query.types = {"letter.sent"};
  Consumer consumer("c", settings, 0);
  bool changed = false;
  CHECK(consumer.next(affair.ledger(), restricted, 5, Now::read(), changed)->empty());
  CHECK_FALSE(changed);
  CHECK((consumer.position() == 3 && consumer.passed_over() == 3));
  Disk disk;
  disk.keep(consumer);
  CHECK(consumer.passed_over() == 0);
  CHECK(disk.read().position() == 3);
}

TEST_CASE("what is kept of one event costs the same however many are parked or tried") {
  Affair affair;
  affair.commit(releases(600));
  Consumer consumer("c", of_all(), 0);
  Disk disk;
  const auto bytes_of_one = [&] {
    const auto handed = next(consumer, affair, Now::read(), 1);
    REQUIRE(consumer.send_back(handed.at(0).position, handed[0].lease, "no", std::nullopt, true, Now::read()));
    disk.keep(consumer);
    std::size_t bytes = 0;
    for (const auto& [name, value] : disk.last) bytes += name.size() + value.value_or("").size();
    return bytes;
  };
  const std::size_t first = bytes_of_one();
  CHECK(park(consumer, affair, 300) == 300);
  for (const Handed& one : next(consumer, affair, Now::read(), 200)) REQUIRE(consumer.send_back(one.position, one.lease, "no", seconds(3600), false, Now::read()));
  disk.keep(consumer);
  CHECK(bytes_of_one() < 2 * first);
  Consumer again = disk.read();
  CHECK(again.parked().size() == 302);
  CHECK(again.parked().at(301).reason == "no");
  CHECK(next(again, affair).size() == 600 - 302 - 200);
}

TEST_CASE("what is handed over stays under its lease until that ends, and no longer because the clock was set") {
  Affair affair;
  affair.commit(releases(2));
  Consumer consumer("c", of_all(), 0);
  const Now begun = Now::read();
  const auto handed = next(consumer, affair, begun);
  REQUIRE(handed.size() == 2);
  CHECK_FALSE(consumer.has_unkept());
  consumer.hand_over(begun);
  CHECK(consumer.has_unkept());
  Disk disk;
  disk.keep(consumer, begun);
  Consumer again = disk.read({begun.steady, begun.system + seconds(20)});
  const auto in = [&](int after, int since = 0) { return Now{begun.steady + seconds(after), begun.system + seconds(since + after)}; };
  CHECK(again.leased(in(9)) == 2);
  CHECK(next(again, affair, in(9)).empty());
  REQUIRE(again.acknowledge({{1, handed[0].lease}}, in(9)));
  const auto late = next(again, affair, in(12));
  REQUIRE(late.size() == 1);
  CHECK((late[0].position == 2 && late[0].attempt == 2));
  Consumer set_back = disk.read({begun.steady, begun.system - hours(1000)});
  CHECK(next(set_back, affair, in(29)).empty());
  CHECK(next(set_back, affair, in(32)).size() == 2);
}

TEST_CASE("a lease that ended while nobody ran is no try, and one that was taken back does not return") {
  Affair affair;
  affair.told({release("a"), release("b")});
  Consumer consumer("c", of_all(), 0);
  const Now begun = Now::read();
  const auto handed = next(consumer, affair, begun);
  REQUIRE(handed.size() == 2);
  consumer.hand_over(begun);
  Disk disk;
  disk.keep(consumer, begun);
  Consumer late = disk.read({begun.steady, begun.system + hours(1)});
  CHECK(next(late, affair, begun).at(0).attempt == 1);
  Consumer again = disk.read(begun);
  REQUIRE(again.send_back(1, handed[0].lease, "no", seconds(60), false, begun));
  disk.keep(again, begun);
  Consumer killed = disk.read(begun);
  CHECK_FALSE(killed.acknowledge({{2, handed[1].lease}}, begun));
  CHECK(next(killed, affair, {begun.steady + seconds(61), begun.system}).size() == 2);
}

TEST_CASE("other settings leave nothing of what was handed over and is no longer wanted") {
  Affair affair;
  affair.commit(releases(2));
  Consumer consumer("c", of_all(), 0);
  const Now begun = Now::read();
  REQUIRE(next(consumer, affair, begun).size() == 2);
  consumer.hand_over(begun);
  Disk disk;
  disk.keep(consumer, begun);
  CHECK(disk.all.size() == 1 + 2);
  Consumer late = disk.read({begun.steady, begun.system + hours(1)});
  ConsumerSettings other = of_all();
  other.query.types = {"letter.sent"};
  late.change(other);
  CHECK(next(late, affair, begun).empty());
  disk.keep(late, begun);
  CHECK(disk.all.size() == 1);
}

TEST_CASE("what is settled is kept no longer, and all that was kept can be forgotten") {
  Affair affair;
  affair.commit(releases(4));
  Consumer consumer("c", of_all(), 0);
  Disk disk;
  const auto handed = next(consumer, affair);
  for (const std::size_t i : {1, 2}) REQUIRE(consumer.acknowledge({{handed.at(i).position, handed[i].lease}}, Now::read()));
  REQUIRE(consumer.send_back(4, handed[3].lease, "no", std::nullopt, true, Now::read()));
  disk.keep(consumer);
  CHECK(disk.all.size() == 1 + 3 + 1);
  Consumer again = disk.read();
  const auto rest = next(again, affair);
  REQUIRE(rest.size() == 1);
  REQUIRE(again.acknowledge({{1, rest[0].lease}}, Now::read()));
  disk.keep(again);
  CHECK(again.position() == 4);
  CHECK(disk.all.size() == 1 + 1);
  REQUIRE(again.replay_parked(4));
  disk.keep(again);
  CHECK(disk.all.contains("tried/consumer/c/4"));
  CHECK_FALSE(disk.all.contains("parked/consumer/c/4"));
  for (const auto& [name, value] : disk.read().forgotten("consumer/")) disk.all.erase(name);
  CHECK(disk.all.empty());
}

TEST_CASE("what an earlier version kept of a consumer is read, and kept as this one does from the next change on") {
  Affair affair;
  affair.commit(releases(3));
  const std::string old = R"({"position":0,"level":2,"owner":"","lease_seconds":30,"types":[],"streams":[],"parties":[],"tags":[],"measures":[],)"
                          R"("last_error":"position 2: no","backoff":[0,0],)"
                          R"("items":[{"position":2,"stream":"s1","attempts":1,"due":0,"done":false,"again":false},{"position":3,"stream":"s2","attempts":1,"due":0,"done":true,"again":false}],)"
                          R"("parked":[{"position":3,"attempts":1,"reason":"never","at":1700000000}]})";
  Disk disk;
  disk.all["consumer/c"] = old;
  Consumer consumer = disk.read();
  disk.keep(consumer);
  CHECK(disk.all.size() == 1 + 2 + 1);
  for (const auto& [name, value] : disk.all) CHECK(value.find("items") == std::string::npos);
  for (Consumer& one : std::vector{consumer, disk.read()}) {
    CHECK(one.parked().at(3).reason == "never");
    const auto handed = next(one, affair);
    REQUIRE(handed.size() == 2);
    CHECK((handed[0].position == 1 && handed[1].position == 2 && handed[1].attempt == 2));
  }
}

TEST_CASE("with as many parked as may be a consumer stops, says why, loses nothing, and goes on when one is dropped") {
  Affair affair;
  affair.commit(releases(parked_max + 3));
  Consumer consumer("c", of_all(), 0);
  while (consumer.parked().size() < parked_max - 1) REQUIRE(park(consumer, affair, std::min<std::size_t>(1000, parked_max - 1 - consumer.parked().size())) > 0);
  const auto under_way = next(consumer, affair, Now::read(), 2);
  REQUIRE(under_way.size() == 2);
  REQUIRE(consumer.send_back(under_way[0].position, under_way[0].lease, "no", std::nullopt, true, Now::read()));
  bool changed = false;
  const auto stopped = consumer.next(affair.ledger(), restricted, 5, Now::read(), changed);
  REQUIRE_FALSE(stopped);
  CHECK((stopped.error().kind == ErrorKind::conflict && stopped.error().field == "parked"));
  CHECK(consumer.stopped_because().find("10000 events are parked") == 0);
  REQUIRE(consumer.send_back(under_way[1].position, under_way[1].lease, "no", std::nullopt, true, Now::read()));
  CHECK(consumer.parked().size() == parked_max + 1);
  REQUIRE(consumer.drop_parked(1));
  REQUIRE(consumer.replay_parked(2));
  CHECK(consumer.stopped_because().empty());
  const auto handed = next(consumer, affair);
  REQUIRE(handed.size() == 3);
  CHECK((handed[0].position == 2 && handed[1].position == parked_max + 2 && handed[2].position == parked_max + 3));
}

TEST_CASE("whoever may see less now is not told which events belong to a stream that is hidden from him") {
  Affair affair;
  affair.told({release("secret", R"(,"stream":"hidden-desk","visibility":"restricted")"),
               R"({"id":"shown","type":"record.retracted","retracts":"secret","data":{"reason":"wrong"}})"});
  ConsumerSettings settings = of_all();
  settings.query.streams = {"hidden-desk"};
  Consumer fresh("c", settings, 0);
  CHECK(next(fresh, affair, Now::read(), 5, Visibility::public_).empty());
  Consumer used("c", settings, 0);
  const auto handed = next(used, affair);
  REQUIRE(handed.size() == 2);
  for (const Handed& one : handed) REQUIRE((used.send_back(one.position, one.lease, "no", seconds(0), false, Now::read()) || one.position == 2));
  Disk disk;
  disk.keep(used);
  Consumer again = disk.read();
  CHECK(next(used, affair, Now::read(), 5, Visibility::public_).empty());
  CHECK(next(again, affair, Now::read(), 5, Visibility::public_).empty());
}
