#include <thread>

#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

LedgerOptions followed_by(std::vector<Follower*> followers) {
  LedgerOptions options;
  options.followers = std::move(followers);
  return options;
}

std::optional<std::string> count(OpenLedger& ledger, std::string_view follower = "counter") {
  auto followed = ledger->followed(follower, ledger->last());
  REQUIRE(followed);
  CHECK(followed->position >= ledger->last());
  return followed->store->get("statement.made");
}

/// Notes the commits it is given.
class Listener final : public Follower {
 public:
  std::string_view name() const override { return "listener"; }
  std::uint32_t version() const override { return 1; }
  void follow(const EventBatch& batch, const Log& log, WritableStore& /*store*/) override {
    in_order = in_order && batch.events.front().position == next && batch.events.front().commit_first == batch.events.front().position &&
               batch.events.back().commit_last == batch.events.back().position && batch.events.back().position <= log.last();
    next = batch.events.back().position + 1;
  }
  bool in_order = true;
  Position next = 1;
};

/// Tries what a store promises, at its first event.
class StoreUser final : public Follower {
 public:
  std::string_view name() const override { return "user"; }
  std::uint32_t version() const override { return 1; }
  void follow(const EventBatch& batch, const Log& /*log*/, WritableStore& store) override {
    if (batch.events.front().position == 1) {
      for (const char* key : {"a", "b", "c", "\xff\xff"}) store.put(key, std::string("old ") + key);
      store.erase("b");
    } else {
      store.put("b", "new b");
      store.erase("a");
      store.put("d", "new d");
      const auto cursor = store.cursor();
      cursor->seek("");
      for (; cursor->valid(); cursor->next()) seen.push_back(std::string(cursor->key()));
      cursor->seek_before("c");
      before_c = cursor->valid() ? std::string(cursor->value()) : "";
      cursor->previous();
      valid_before_first = cursor->valid();
    }
  }
  std::vector<std::string> seen;
  std::string before_c;
  bool valid_before_first = true;
};

}  // namespace

TEST_CASE("a follower follows each event exactly once, also over closing and opening") {
  Counter counter;
  OpenLedger ledger(followed_by({&counter}));
  for (int i = 0; i < 30; ++i) {
    ledger.append({said("a" + std::to_string(i)), said("b" + std::to_string(i))});
    if (i % 7 == 0) ledger.reopen();
  }
  CHECK(count(ledger) == "60");
  CHECK(counter.followed == 60);
}

TEST_CASE("nothing is followed after the time there is for it, whoever waits is told, and the next opening goes on from there") {
  Counter counter;
  OpenLedger ledger(followed_by({&counter}));
  ledger.append({said("before")});
  REQUIRE(ledger->settle());
  ledger->follow_until(std::chrono::steady_clock::time_point::min());
  std::vector<std::string> lines;
  for (int i = 0; i < 2500; ++i) lines.push_back(said("e" + std::to_string(i)));
  ledger.append(lines);
  const auto followed = ledger->followed("counter", ledger->last());
  REQUIRE_FALSE(followed);
  CHECK(followed.error().kind == ErrorKind::in_use);
  CHECK_FALSE(ledger->settle());
  CHECK_FALSE(ledger->rebuild("counter", {}));
  CHECK(ledger->followed("counter", 1));
  ledger.close();
  CHECK(counter.followed == 1);
  ledger.open();
  CHECK(count(ledger) == "2501");
  CHECK(counter.followed == 2501);
}

TEST_CASE("a follower is given whole commits, in order, without a gap") {
  Listener listener;
  OpenLedger ledger(followed_by({&listener}));
  std::vector<std::string> lines;
  for (int i = 0; i < 2500; ++i) lines.push_back(said("e" + std::to_string(i)));
  ledger.append(lines);
  for (int i = 0; i < 50; ++i) ledger.append({said("f" + std::to_string(i)), said("g" + std::to_string(i)), said("h" + std::to_string(i))});
  REQUIRE(ledger->settle());
  CHECK(listener.in_order);
  CHECK(listener.next == 2651);
}

TEST_CASE("what a follower wrote is seen through the same store, in the same batch and the next") {
  StoreUser user;
  OpenLedger ledger(followed_by({&user}));
  ledger.append({said("a")});
  REQUIRE(ledger->settle());
  ledger.append({said("b")});
  REQUIRE(ledger->settle());
  CHECK(user.seen == std::vector<std::string>{"b", "c", "d", "\xff\xff"});
  CHECK(user.before_c == "new b");
  CHECK_FALSE(user.valid_before_first);
}

TEST_CASE("a store shows one moment, whatever is appended after it") {
  Counter counter;
  OpenLedger ledger(followed_by({&counter}));
  ledger.append({said("a")});
  auto before = ledger->followed("counter", 1);
  REQUIRE(before);
  const auto cursor = before->store->cursor();
  ledger.append({said("b")});
  REQUIRE(ledger->settle());
  CHECK(before->store->get("statement.made") == "1");
  cursor->seek("");
  REQUIRE(cursor->valid());
  CHECK(cursor->value() == "1");
  CHECK(before->position == 1);
  CHECK(count(ledger) == "2");
}

TEST_CASE("followers do not see each other's entries") {
  Counter one(1, "one"), two(1, "two");
  OpenLedger ledger(followed_by({&one, &two}));
  ledger.append({said("a")});
  CHECK(count(ledger, "one") == "1");
  CHECK(count(ledger, "two") == "1");
  CHECK(contents(*ledger, "one") == contents(*ledger, "two"));
}

TEST_CASE("a follower of another version is built anew when the ledger is opened, and its old entries are gone") {
  Counter first(1), second(2);
  OpenLedger ledger(followed_by({&first}));
  ledger.append({said("a"), said("b")});
  ledger.close();
  ledger.options().followers = {&second};
  ledger.open();
  CHECK(second.followed == 2);
  CHECK(count(ledger) == "2");
  ledger.close();
  first.followed = 0;
  ledger.options().followers = {&first};
  ledger.open();
  CHECK(first.followed == 2);
}

TEST_CASE("a follower that was left out for a while goes on where it stood") {
  Counter counter;
  OpenLedger ledger(followed_by({&counter}));
  ledger.append({said("a"), said("b")});
  ledger.close();
  ledger.options().followers = {};
  ledger.open();
  ledger.append({said("c")});
  CHECK(ledger->followed("counter", 1).error().kind == ErrorKind::not_found);
  ledger.close();
  ledger.options().followers = {&counter};
  ledger.open();
  CHECK(counter.followed == 3);
  CHECK(count(ledger) == "3");
}

TEST_CASE("a follower that fails is never silently stale: its error is given until it can follow") {
  Counter counter, other(1, "other");
  OpenLedger ledger(followed_by({&counter, &other}));
  ledger.append({said("a")});
  REQUIRE(ledger->settle());
  counter.fails_at = 2;
  ledger.append({said("b")});
  const auto stale = ledger->followed("counter", 2);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().field == "follower counter");
  CHECK(stale.error().found == "cannot follow this");
  CHECK(ledger->followed("counter", 1));
  CHECK_FALSE(ledger->settle());
  CHECK(count(ledger, "other") == "2");
  ledger.append({said("c")});
  CHECK_FALSE(ledger->followed("counter", 3));
  SECTION("opening again tries again") {
    ledger.close();
    const auto refused = Ledger::open(ledger.path(), ledger.options());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().found == "cannot follow this");
    counter.fails_at = 0;
    ledger.open();
    CHECK(count(ledger) == "3");
  }
  SECTION("it tries again by itself, and the others need not wait for it") {
    counter.fails_at = 0;
    while (!ledger->settle()) std::this_thread::yield();
    CHECK(count(ledger) == "3");
    CHECK_FALSE(ledger->broken());
    ledger.append({said("d")});
    CHECK(count(ledger) == "4");
  }
  SECTION("so does a rebuild") {
    CHECK_FALSE(ledger->rebuild("counter", {}));
    counter.fails_at = 0;
    REQUIRE(ledger->rebuild("counter", {}));
    CHECK(count(ledger) == "3");
    ledger.append({said("d")});
    CHECK(count(ledger) == "4");
  }
}

TEST_CASE("a rebuild gives the same answers, while appends go on and the old ones are given") {
  Counter counter;
  OpenLedger ledger(followed_by({&counter}));
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) lines.push_back(said("e" + std::to_string(i), R"(,"tags":["x"])"));
  ledger.append(lines);
  std::atomic<bool> stop{false};
  std::atomic<int> appended{3000};
  std::thread appends([&] {
    while (!stop) ledger.append({said("e" + std::to_string(appended++))});
  });
  Position last_done = 0;
  for (int i = 0; i < 3; ++i) {
    last_done = 0;
    REQUIRE(ledger->rebuild("counter", [&](Position done, Position /*last*/) {
      CHECK(done >= last_done);
      last_done = done;
      const auto followed = ledger->followed("counter", 3000);
      REQUIRE(followed);
      CHECK(std::stoull(followed->store->get("statement.made").value()) == followed->position);
    }));
    REQUIRE(ledger->rebuild("index", {}));
  }
  stop = true;
  appends.join();
  CHECK(count(ledger) == std::to_string(appended));
  const std::string index = contents(*ledger, "index");
  ledger.reopen();
  CHECK(contents(*ledger, "index") == index);
  CHECK(ledger->rebuild("nobody", {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a position above the last is refused, not waited for") {
  OpenLedger ledger;
  CHECK(ledger->followed("index", 1).error().kind == ErrorKind::refused);
  CHECK(ledger->followed("index", 0));
}
