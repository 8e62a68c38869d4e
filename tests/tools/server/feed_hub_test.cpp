#include <catch2/catch.hpp>

#include <future>

#include "tests/storage/open_ledger.hpp"
#include "tools/server/feed_hub.hpp"

namespace chancery::server {
namespace {

/// A log whose disk is slow: who reads it waits until it is let go.
class SlowLog final : public Log {
 public:
  explicit SlowLog(const Log& log) : log_(log) {}

  Position last() const override { return log_.last(); }
  Result<Recorded> at(Position position) const override { return log_.at(position); }
  Result<RecordHead> head_at(Position position) const override { return log_.head_at(position); }
  Result<std::optional<Position>> find(const Id& id) const override { return log_.find(id); }
  Result<void> read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    ++reads;
    if (!begun_.exchange(true)) {
      reading.set_value();
      let_go.get_future().wait();
    }
    return log_.read(from, to, visit);
  }
  Result<void> read_backward(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    return log_.read_backward(from, to, visit);
  }
  std::vector<Link> links_to(Relation relation, Position target) const override { return log_.links_to(relation, target); }
  Visibility level_of(Position position) const override { return log_.level_of(position); }

  mutable std::promise<void> reading, let_go;
  mutable std::atomic<std::uint64_t> reads{0};

 private:
  const Log& log_;
  mutable std::atomic<bool> begun_{false};
};

}  // namespace

TEST_CASE("a thread that has other things to do waits for nobody who reads the log for a feed") {
  test::OpenLedger ledger;
  ledger.append({test::said("a"), test::said("b")});
  const SlowLog log(*ledger);
  const std::string source = "urn:x";
  FeedHub feeds(log, source);
  auto slow = std::async(std::launch::async, [&] { return feeds.next(Wire::sse, Visibility::restricted, 0); });
  log.reading.get_future().wait();
  CHECK(feeds.next_at_once(Wire::sse, Visibility::restricted, 0) == nullptr);
  CHECK(feeds.next_at_once(Wire::sse, Visibility::restricted, 1) == nullptr);
  CHECK(feeds.next_at_once(Wire::sse, Visibility::public_, 0) != nullptr);
  log.let_go.set_value();
  const auto read = slow.get();
  REQUIRE(read);
  CHECK(read->last == 2);
  CHECK(feeds.next_at_once(Wire::sse, Visibility::restricted, 0) == read);
  CHECK(feeds.next_at_once(Wire::sse, Visibility::restricted, 2) == nullptr);
}

TEST_CASE("much of the log is not read by a thread that has other things to do, and what is read is shared") {
  test::OpenLedger ledger;
  std::vector<std::string> lines;
  for (int i = 0; i < 500; ++i) lines.push_back(test::said("e" + std::to_string(i)));
  ledger.append(lines);
  FeedHub feeds(*ledger, ledger->source());
  CHECK(feeds.next_at_once(Wire::cloud_event, Visibility::restricted, 0) == nullptr);
  const auto read = feeds.next(Wire::cloud_event, Visibility::restricted, 0);
  REQUIRE(read);
  CHECK(feeds.next_at_once(Wire::cloud_event, Visibility::restricted, read->last - 1) == read);
  CHECK(feeds.next(Wire::cloud_event, Visibility::restricted, 0) == read);
  CHECK(feeds.next(Wire::cloud_event, Visibility::restricted, 500) == nullptr);
}

namespace {

/// A ledger that tells a hub of events while they are recorded. Whoever follows up to the end of it is given them without the log being read.
struct Prepared {
  std::function<void(const Recorded&)> tell;
  test::OpenLedger ledger{options()};
  const SlowLog log{*ledger};
  FeedHub feeds{log, ledger->source()};

  LedgerOptions options() {
    LedgerOptions made;
    made.being_recorded = [this](const Recorded& event) {
      if (tell) tell(event);
    };
    return made;
  }
};

}  // namespace

TEST_CASE("whoever follows as far as the log goes is given the next event without the log being read, and not before it is published") {
  Prepared prepared;
  const auto level = GENERATE(Visibility::public_, Visibility::restricted);
  const auto wire = GENERATE(Wire::sse, Wire::cloud_event);
  prepared.ledger.append({test::said("a"), test::said("b")});
  prepared.log.let_go.set_value();
  REQUIRE(prepared.feeds.next(wire, level, 0)->last == 2);
  bool early = false;
  prepared.tell = [&](const Recorded& event) {
    prepared.feeds.prepare(event);
    early = prepared.feeds.next_at_once(wire, level, 2) != nullptr;
  };
  const std::uint64_t reads = prepared.log.reads;
  const bool seen = GENERATE(true, false);
  prepared.ledger.append({test::said("c", seen ? "" : R"(,"visibility":"restricted")")});
  CHECK_FALSE(early);
  const auto given = prepared.feeds.next_at_once(wire, level, 2);
  REQUIRE(given);
  CHECK(prepared.log.reads == reads);
  CHECK(given->first == 3);
  CHECK(given->last == 3);
  CHECK(given->items.size() == (seen || level == Visibility::restricted ? 1 : 0));
  FeedHub others(*prepared.ledger, prepared.ledger->source());
  CHECK(others.next(wire, level, 2)->bytes == given->bytes);
}

TEST_CASE("nothing is written out in advance where nobody follows as far as the log goes") {
  Prepared prepared;
  prepared.log.let_go.set_value();
  prepared.tell = [&](const Recorded& event) { prepared.feeds.prepare(event); };
  prepared.ledger.append({test::said("a")});
  REQUIRE(prepared.feeds.next(Wire::sse, Visibility::restricted, 0));
  prepared.ledger.append({test::said("b")});
  prepared.ledger.append({test::said("c")});
  const std::uint64_t reads = prepared.log.reads;
  REQUIRE(prepared.feeds.next(Wire::sse, Visibility::restricted, 1));
  CHECK(prepared.log.reads == reads);
  REQUIRE(prepared.feeds.next(Wire::sse, Visibility::restricted, 2));
  CHECK(prepared.log.reads == reads + 1);
}

}  // namespace chancery::server
