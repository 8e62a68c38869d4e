#include <future>
#include <thread>

#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

/// A ledger on a disk that counts as quick however long it takes, with one event; it keeps who was told of what.
struct QuickLedger {
  FaultyEnv faulty;
  OpenLedger ledger;
  std::mutex mutex;
  std::map<std::string, std::promise<std::thread::id>> told;

  explicit QuickLedger(std::chrono::nanoseconds quick_sync = std::chrono::hours(1)) : ledger(options_on(faulty, quick_sync)) {
    ledger.append({said("first")});
  }
  static LedgerOptions options_on(const FaultyEnv& faulty, std::chrono::nanoseconds quick_sync) {
    LedgerOptions options;
    options.env = faulty.env.get();
    options.quick_sync = quick_sync;
    return options;
  }
  bool submit_here(const std::string& id, std::size_t events = 1, const Condition& condition = {}) {
    std::vector<std::string> lines{said(id)};
    while (lines.size() < events) lines.push_back(said(id + std::to_string(lines.size())));
    auto& promise = promise_of(id);
    return ledger->submit_here(all_given(lines), condition, [&promise](const Result<Appended>& appended) {
      if (appended) promise.set_value(std::this_thread::get_id());
      else promise.set_exception(std::make_exception_ptr(std::runtime_error(appended.error().message())));
    });
  }
  std::thread::id who_told(const std::string& id) { return promise_of(id).get_future().get(); }

 private:
  std::promise<std::thread::id>& promise_of(const std::string& id) {
    const std::lock_guard lock(mutex);
    return told[id];
  }
};

}  // namespace

TEST_CASE("the little that one thread submits is committed by it when it says so, with one sync") {
  QuickLedger quick;
  const std::uint64_t before = quick.faulty.disk->log_syncs;
  CHECK(quick.submit_here("a"));
  for (int i = 0; i < 9; ++i) CHECK_FALSE(quick.submit_here("b" + std::to_string(i)));
  quick.ledger->commit_submitted();
  CHECK(quick.ledger->last() == 11);
  CHECK(quick.faulty.disk->log_syncs - before == 1);
  for (const std::string id : {"a", "b0", "b8"}) CHECK(quick.who_told(id) == std::this_thread::get_id());
  CHECK(quick.submit_here("c"));
  quick.ledger->commit_submitted();
  CHECK(quick.ledger->last() == 12);
}

TEST_CASE("much, a query condition, and everything while the disk is slow is left to the writer's thread") {
  QuickLedger quick;
  Condition condition;
  condition.none_matches = Query{{}, {}, {}, {"slot"}, {}};
  CHECK_FALSE(quick.submit_here("query", 1, condition));
  CHECK(quick.who_told("query") != std::this_thread::get_id());
  CHECK_FALSE(quick.submit_here("much", 17));
  CHECK(quick.who_told("much") != std::this_thread::get_id());
  QuickLedger slow(std::chrono::nanoseconds(0));
  CHECK_FALSE(slow.submit_here("slow"));
  CHECK(slow.who_told("slow") != std::this_thread::get_id());
}

TEST_CASE("what another thread submits does not wait for the one that will commit") {
  QuickLedger quick;
  CHECK(quick.submit_here("mine"));
  auto others = std::async(std::launch::async, [&] { return quick.submit_here("theirs"); });
  CHECK_FALSE(others.get());
  CHECK(quick.who_told("theirs") != std::this_thread::get_id());
  CHECK(quick.who_told("mine") != std::this_thread::get_id());
  quick.ledger->commit_submitted();
  CHECK(quick.ledger->last() == 3);
}

TEST_CASE("much that waits behind a little is not committed by the thread that submitted the little") {
  QuickLedger quick;
  CHECK(quick.submit_here("little"));
  CHECK_FALSE(quick.submit_here("much", 100));
  quick.ledger->commit_submitted();
  CHECK(quick.who_told("much") != std::this_thread::get_id());
  quick.who_told("little");
  CHECK(quick.ledger->last() == 102);
}

TEST_CASE("what was to be committed when a ledger is closed is recorded") {
  QuickLedger quick;
  CHECK(quick.submit_here("a"));
  quick.ledger.reopen();
  quick.who_told("a");
  CHECK(quick.ledger->last() == 2);
}
