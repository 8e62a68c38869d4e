#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

std::string event(std::uint64_t number) {
  const std::string id = "e" + std::to_string(number);
  if (number > 10 && number % 7 == 0) return said(id, R"(,"because_of":"e)" + std::to_string(number / 2) + '"');
  return said(id, R"(,"tags":["t)" + std::to_string(number % 5) + R"("],"stream":"s)" + std::to_string(number % 3) + '"');
}

/// The log is dense, whole commits, and what follows it answers as one that was built anew.
void check_whole(Ledger& ledger, const std::vector<std::string>& followers) {
  Position expected = 1;
  std::map<std::string, std::uint64_t> revisions;
  REQUIRE(ledger.read(1, ledger.last(), [&](Recorded&& recorded) {
    REQUIRE(recorded.position == expected++);
    REQUIRE(recorded.commit_last <= ledger.last());
    REQUIRE(recorded.revision == revisions[recorded.event.stream]++);
    REQUIRE(ledger.find(recorded.event.id).value() == recorded.position);
    return true;
  }));
  REQUIRE(expected == ledger.last() + 1);
  for (const std::string& follower : followers) {
    const std::string before = contents(ledger, follower);
    REQUIRE(ledger.rebuild(follower, {}));
    REQUIRE(contents(ledger, follower) == before);
  }
}

}  // namespace

TEST_CASE("after the power was cut at any moment, every acknowledged event is there and nothing is half there") {
  const std::uint64_t first_seed = seed();
  for (std::uint64_t round = 0; round < 25; ++round) {
    const std::uint64_t round_seed = first_seed + round;
    CAPTURE(round_seed);
    INFO("CHANCERY_SEED=" << round_seed);
    std::mt19937_64 random(round_seed);
    FaultyEnv faulty;
    Counter counter;
    LedgerOptions options;
    options.env = faulty.env.get();
    options.followers = {&counter};
    OpenLedger ledger(options);
    std::uint64_t next = 1;
    Position acknowledged = 0;
    for (int life = 0; life < 4; ++life) {
      faulty.disk->cut_power_after(1 + random() % 150);
      std::vector<std::future<Result<Appended>>> waiting;
      const auto take = [&] {
        for (auto& future : waiting) {
          const auto appended = future.get();
          if (appended) acknowledged = std::max(acknowledged, appended->last);
          else CHECK(appended.error().kind == ErrorKind::disk);
        }
        waiting.clear();
      };
      while (!faulty.disk->dead() && next < 5000) {
        std::vector<std::string> lines;
        // Some commits are larger than a block of the write-ahead log.
        for (std::uint64_t count = random() % 50 == 0 ? 150 : 1 + random() % 5; count > 0; --count) lines.push_back(event(next++));
        waiting.push_back(ledger->submit(all_given(lines)));
        if (waiting.size() > random() % 8) take();
      }
      take();
      faulty.disk->cut_power();
      ledger.close();
      if (random() % 2 == 0) faulty.disk->lose_unsynced(static_cast<double>(random() % 3) / 2);
      else faulty.disk->lose_sectors([&, kept = 1 + random() % 9] { return random() % 10 < kept; });
      ledger.open();
      REQUIRE(ledger->last() >= acknowledged);
      REQUIRE(ledger->last() < next);
      acknowledged = ledger->last();
      next = acknowledged + 1;
      check_whole(*ledger, {"index", "counter"});
    }
  }
}

TEST_CASE("a clean close leaves nothing to do for a reader") {
  Counter counter;
  LedgerOptions options;
  options.followers = {&counter};
  OpenLedger ledger(options);
  for (std::uint64_t i = 1; i <= 50; ++i) ledger.append({event(i)});
  ledger.close();
  const std::uint64_t followed = counter.followed;
  options.access = Access::read;
  const auto reader = Ledger::open(ledger.path(), options);
  REQUIRE(reader);
  CHECK(counter.followed == followed);
  CHECK((*reader)->followed("counter", 50).value().position == 50);
}
