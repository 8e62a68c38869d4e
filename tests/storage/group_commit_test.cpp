#include <thread>

#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

TEST_CASE("whatever waits while the disk syncs shares the next sync") {
  FaultyEnv faulty;
  LedgerOptions options;
  options.env = faulty.env.get();
  OpenLedger ledger(options);
  ledger.append({said("first")});
  const std::uint64_t before = faulty.disk->log_syncs;
  // The first sync is held until all others wait.
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  faulty.disk->set_fault([released](FaultyDisk::Operation, const std::string&) {
    released.wait();
    return rocksdb::IOStatus::OK();
  });
  std::vector<std::future<Result<Appended>>> waiting;
  for (int i = 0; i < 100; ++i) waiting.push_back(ledger->submit(all_given({said("e" + std::to_string(i))})));
  release.set_value();
  std::set<Position> positions;
  for (auto& future : waiting) positions.insert(future.get().value().events[0].position);
  CHECK(positions.size() == 100);
  CHECK(*positions.begin() == 2);
  CHECK(*positions.rbegin() == 101);
  CHECK(faulty.disk->log_syncs - before <= 3);
  std::set<Instant> instants;
  for (Position position = 2; position <= 101; ++position) {
    const Recorded recorded = ledger->at(position).value();
    CHECK(recorded.commit_first == position);
    instants.insert(recorded.recorded_at);
  }
  CHECK(instants.size() == 100);
}

namespace {

/// Holds the next sync of the disk until it is let go, and then lets it end as it is told.
class HeldSync {
 public:
  explicit HeldSync(FaultyDisk& disk) {
    disk.set_fault([begun = begun_, end = end_.get_future().share()](FaultyDisk::Operation operation, const std::string&) {
      if (operation != FaultyDisk::Operation::sync) return rocksdb::IOStatus::OK();
      if (!begun->said.exchange(true)) begun->promise.set_value();
      return end.get();
    });
  }
  void wait_until_it_begins() { begun_->promise.get_future().wait(); }
  void let_go(rocksdb::IOStatus status = rocksdb::IOStatus::OK()) { end_.set_value(std::move(status)); }

 private:
  struct Begun {
    std::promise<void> promise;
    std::atomic<bool> said{false};
  };
  std::promise<rocksdb::IOStatus> end_;
  std::shared_ptr<Begun> begun_ = std::make_shared<Begun>();  // the disk may outlive this
};

/// Appends one event on a thread of its own.
std::future<Result<Appended>> append_apart(OpenLedger& ledger, const std::string& id) {
  return std::async(std::launch::async, [&ledger, id] { return ledger->append(all_given({said(id)})); });
}

/// A ledger in which a caller commits his own append, "first", whose sync is held; "second" waits behind it.
struct HeldLedger {
  FaultyEnv faulty;
  OpenLedger ledger{options_on(faulty)};
  HeldSync sync{*faulty.disk};
  std::future<Result<Appended>> first = append_apart(ledger, "first"), second;

  HeldLedger() {
    sync.wait_until_it_begins();
    second = ledger->submit(all_given({said("second")}));
  }
  static LedgerOptions options_on(const FaultyEnv& faulty) {
    LedgerOptions options;
    options.env = faulty.env.get();
    return options;
  }
};

}  // namespace

TEST_CASE("what comes while a caller commits his own append is committed after it, in order") {
  HeldLedger held;
  OpenLedger& ledger = held.ledger;
  TempFolder folder;
  auto copied = std::async(std::launch::async, [&] { return ledger->copy_to(folder.path() / "copy"); });
  std::vector<std::future<Result<Appended>>> more;
  for (int i = 0; i < 8; ++i) more.push_back(append_apart(ledger, "more" + std::to_string(i)));
  CHECK(ledger->last() == 0);
  held.sync.let_go();
  CHECK(held.first.get().value().last == 1);
  CHECK(held.second.get().value().last == 2);
  CHECK(copied.get().value() >= 1);
  for (auto& one : more) CHECK(one.get());
  CHECK(ledger->last() == 10);
}

TEST_CASE("who is told that his events are recorded may submit more") {
  OpenLedger ledger;
  std::promise<Position> told;
  ledger->submit(all_given({said("a")}), {}, [&](Result<Appended>) {
    ledger->submit(all_given({said("b")}), {}, [&](Result<Appended> appended) { told.set_value(appended.value().last); });
  });
  CHECK(told.get_future().get() == 2);
}

TEST_CASE("when the sync of a caller's own append fails, all who wait behind it are told") {
  HeldLedger held;
  OpenLedger& ledger = held.ledger;
  auto third = append_apart(ledger, "third");
  held.sync.let_go(rocksdb::IOStatus::IOError("no more"));
  for (auto* one : {&held.first, &held.second, &third}) CHECK(one->get().error().kind == ErrorKind::disk);
  CHECK(ledger->last() == 0);
}

TEST_CASE("what is kept while the disk syncs shares the next sync with the events that wait for it") {
  HeldLedger held;
  OpenLedger& ledger = held.ledger;
  std::vector<std::future<Result<void>>> kept;
  for (int i = 0; i < 20; ++i) {
    kept.push_back(std::async(std::launch::async, [&ledger, i] { return ledger->keep({{"k/" + std::to_string(i), std::to_string(i)}}); }));
  }
  held.sync.let_go();
  for (auto& one : kept) CHECK(one.get());
  CHECK(held.first.get());
  CHECK(held.second.get().value().last == 2);
  CHECK(ledger->kept("k/").value().size() == 20);
  const std::uint64_t before = held.faulty.disk->log_syncs;
  REQUIRE(ledger->keep({{"k/0", std::nullopt}, {"k/20", "20"}}));
  CHECK(held.faulty.disk->log_syncs - before == 1);
  ledger.reopen();
  CHECK(ledger->kept("k/").value().back() == std::pair<std::string, std::string>("k/9", "9"));
  CHECK(ledger->kept("k/").value().size() == 20);
  CHECK(ledger->last() == 2);
}

TEST_CASE("whoever wants something kept is told where the disk fails, and events are not recorded after that") {
  HeldLedger held;
  OpenLedger& ledger = held.ledger;
  auto kept = std::async(std::launch::async, [&] { return ledger->keep({{"k", "v"}}); });
  held.sync.let_go(rocksdb::IOStatus::IOError("no more"));
  CHECK(kept.get().error().kind == ErrorKind::disk);
  CHECK(ledger.refusal({said("third")}).kind == ErrorKind::disk);
}

TEST_CASE("no record of the write-ahead log is written before the one before it is synced, whoever writes") {
  FaultyEnv faulty;
  OpenLedger ledger(HeldLedger::options_on(faulty));
  ledger.append({said("first")});
  std::atomic<bool> unsynced{false}, early{false};
  std::atomic<int> records{0};
  faulty.disk->set_fault([&](FaultyDisk::Operation operation, const std::string& file) {
    if (!file.ends_with(".log") || operation == FaultyDisk::Operation::grow) return rocksdb::IOStatus::OK();
    const bool record = operation == FaultyDisk::Operation::append;
    records += record;
    if (unsynced.exchange(record) && record) early = true;
    return rocksdb::IOStatus::OK();
  });
  std::vector<std::thread> writers;
  for (int who = 0; who < 4; ++who) {
    writers.emplace_back([&ledger, who] {
      for (int i = 0; i < 50; ++i) {
        const std::string name = std::to_string(who) + '-' + std::to_string(i);
        if (who % 2 == 0) static_cast<void>(ledger->append(all_given({said(name)})));
        else static_cast<void>(ledger->keep({{name, "value"}}));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  faulty.disk->set_fault({});
  CHECK_FALSE(early);
  CHECK(records > 0);
  CHECK(ledger->last() == 101);
}

namespace {

/// A ledger that keeps what it told of events while they were recorded: their ids, and where the log ended then.
struct TellingLedger {
  FaultyEnv faulty;
  std::vector<std::pair<std::string, Position>> told;
  OpenLedger ledger{options()};

  LedgerOptions options() {
    LedgerOptions made = HeldLedger::options_on(faulty);
    made.being_recorded = [this](const Recorded& event) { told.emplace_back(event.event.id.text, ledger->last()); };
    return made;
  }
};

}  // namespace

TEST_CASE("an event that comes alone is told of while it is recorded, before it is published") {
  TellingLedger telling;
  telling.ledger.append({said("alone")});
  CHECK(telling.told == std::vector<std::pair<std::string, Position>>{{"alone", 0}});
  telling.ledger.append({said("two"), said("together")});
  telling.ledger.append({said("alone")});
  CHECK(telling.told.size() == 1);
  telling.ledger.append({said("again")});
  CHECK(telling.told.back() == std::pair<std::string, Position>("again", 3));
  telling.faulty.disk->set_fault([](FaultyDisk::Operation operation, const std::string&) {
    return operation == FaultyDisk::Operation::sync ? rocksdb::IOStatus::IOError("no more") : rocksdb::IOStatus::OK();
  });
  CHECK(telling.ledger.refusal({said("never")}).kind == ErrorKind::disk);
  CHECK(telling.told.back().first == "never");
  CHECK(telling.ledger->last() == 4);
  CHECK_FALSE(telling.ledger->find(Id{"never"}).value());
  CHECK(telling.ledger->links_to(Relation::answers, 4).empty());
  telling.faulty.disk->set_fault({});
}

TEST_CASE("of two writers with the same expected revision exactly one wins, and the other learns the actual one") {
  OpenLedger ledger;
  for (int round = 0; round < 50; ++round) {
    Condition condition;
    condition.streams = {{"x", round == 0 ? Expected::Kind::none : Expected::Kind::exactly, static_cast<std::uint64_t>(round) - 1}};
    std::array<Result<Appended>, 2> results;
    std::vector<std::thread> writers;
    for (int who = 0; who < 2; ++who) {
      const auto events = all_given({in_stream(std::to_string(round) + (who == 0 ? "a" : "b"), "x")});
      writers.emplace_back([&, who, events] { results[static_cast<std::size_t>(who)] = ledger->append(events, condition); });
    }
    for (std::thread& writer : writers) writer.join();
    REQUIRE(results[0].has_value() != results[1].has_value());
    const auto& lost = results[0] ? results[1] : results[0];
    CHECK(lost.error().kind == ErrorKind::conflict);
    CHECK(lost.error().found == "revision " + std::to_string(round));
  }
}

TEST_CASE("a request that is refused takes nothing of its group with it") {
  OpenLedger ledger;
  std::vector<std::future<Result<Appended>>> waiting;
  for (int i = 0; i < 60; ++i) {
    const std::string id = std::to_string(i);
    if (i % 3 == 2) {
      waiting.push_back(ledger->submit(all_given({in_stream("lost" + id, "s"), said("x" + id, R"(,"because_of":"lost)" + std::to_string(i - 3) + '"')})));
    } else {
      waiting.push_back(ledger->submit(all_given({in_stream("e" + id, "s")})));
    }
  }
  std::uint64_t revision = 0;
  for (int i = 0; i < 60; ++i) {
    const auto appended = waiting[static_cast<std::size_t>(i)].get();
    REQUIRE(appended.has_value() == (i % 3 != 2));
    if (appended) CHECK(appended->events[0].revision == revision++);
  }
  CHECK(ledger->last() == 40);
}

TEST_CASE("readers see whole commits, in order, and never miss an earlier event") {
  OpenLedger ledger;
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int who = 0; who < 3; ++who) {
    writers.emplace_back([&, who] {
      for (int i = 0; !stop; ++i) {
        std::vector<std::string> lines;
        for (int part = 0; part <= who; ++part) lines.push_back(said(std::to_string(who) + "-" + std::to_string(i) + "-" + std::to_string(part)));
        ledger.append(lines);
      }
    });
  }
  Position seen = 0;
  bool whole = true;
  while (seen < 600) {
    const Position end = ledger->last();
    Position expected = seen + 1;
    whole = whole && ledger->read(seen + 1, end, [&](Recorded&& recorded) {
      whole = whole && recorded.position == expected++ && recorded.commit_last <= end;
      return true;
    });
    whole = whole && expected == end + 1;
    seen = end;
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  CHECK(whole);
}

TEST_CASE("what is queued when a ledger is closed is recorded") {
  OpenLedger ledger;
  std::vector<std::future<Result<Appended>>> waiting;
  for (int i = 0; i < 200; ++i) waiting.push_back(ledger->submit(all_given({said("e" + std::to_string(i))})));
  ledger.reopen();
  for (auto& future : waiting) CHECK(future.get());
  CHECK(ledger->last() == 200);
}

TEST_CASE("a query condition sees what waits in the same group") {
  OpenLedger ledger;
  Condition condition;
  condition.none_matches = Query{{}, {}, {}, {"slot"}, {}};
  std::vector<std::future<Result<Appended>>> waiting;
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(ledger->submit(all_given({said("e" + std::to_string(i), R"(,"tags":["slot"])")}), condition));
  }
  int won = 0;
  for (auto& future : waiting) won += future.get().has_value() ? 1 : 0;
  CHECK(won == 1);
}
