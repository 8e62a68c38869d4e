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

}  // namespace chancery::server
