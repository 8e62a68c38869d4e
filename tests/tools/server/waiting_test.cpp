#include "tools/server/waiting.hpp"

#include <catch2/catch.hpp>
#include <future>

using namespace chancery::server;

namespace {

constexpr std::chrono::hours never{1};

bool comes(std::future<void> future) { return future.wait_for(std::chrono::seconds(60)) == std::future_status::ready; }

}  // namespace

TEST_CASE("a request that waits is tried again when the log has grown, though it grows while the request is tried") {
  Workers workers(2, 0);
  Waiting waiting(workers);
  for (const bool grows_before : {false, true}) {
    std::promise<void> answered;
    std::atomic<int> tries{0};
    waiting.answer(
        [&](bool) {
          const int before = tries++;
          if (before == 0 && grows_before) waiting.look(true);
          if (before == 1 && !grows_before) waiting.look(true);
          if (before < (grows_before ? 1 : 2)) return false;
          answered.set_value();
          return true;
        },
        Waiting::Clock::now() + never, never);
    if (!grows_before) waiting.look(true);
    CHECK(comes(answered.get_future()));
  }
}

TEST_CASE("growth that comes while some requests are tried is missed by none, whoever else looks") {
  Workers workers(2, 0);
  Waiting waiting(workers);
  std::promise<void> trying, looked, first, second;
  std::atomic<int> tries{0}, others{0};
  waiting.answer(
      [&](bool) {
        const int before = tries++;
        if (before == 1) {
          trying.set_value();
          looked.get_future().wait();
        }
        if (before < 2) return false;
        first.set_value();
        return true;
      },
      Waiting::Clock::now() + never, never);
  waiting.look(true);
  REQUIRE(comes(trying.get_future()));
  // A second look, by the other worker, takes notice of the growth while the first request is out of sight.
  waiting.answer(
      [&](bool) {
        if (others++ == 0) return false;
        second.set_value();
        return true;
      },
      Waiting::Clock::now() + never, never);
  waiting.look(true);
  CHECK(comes(second.get_future()));
  looked.set_value();
  CHECK(comes(first.get_future()));
}

TEST_CASE("a request that is long about its answer holds up no other that waits") {
  Workers workers(2, 0);
  Waiting waiting(workers);
  std::promise<void> go_on, slow_began, quick;
  std::atomic<bool> grown{false};
  const auto worth = [&] { return grown.load(); };
  std::promise<void> slow_ended;
  waiting.answer(
      [&](bool) {
        if (!grown) return false;
        slow_began.set_value();
        go_on.get_future().wait();
        slow_ended.set_value();
        return true;
      },
      Waiting::Clock::now() + never, never, worth);
  waiting.answer(
      [&](bool) {
        if (!grown) return false;
        quick.set_value();
        return true;
      },
      Waiting::Clock::now() + never, never, worth);
  grown = true;
  waiting.look(true);
  CHECK(comes(slow_began.get_future()));
  CHECK(comes(quick.get_future()));
  go_on.set_value();
  CHECK(comes(slow_ended.get_future()));
}

TEST_CASE("nobody is tried for a growth that is not worth it, and everybody a last time at the end") {
  Workers workers(1, 0);
  Waiting waiting(workers);
  std::promise<void> over;
  std::atomic<int> tries{0};
  waiting.answer(
      [&](bool last) {
        ++tries;
        if (last) over.set_value();
        return last;
      },
      Waiting::Clock::now() + never, never, [] { return false; });
  for (int i = 0; i < 5; ++i) {
    std::promise<void> looked;
    waiting.look(true);
    workers.post([&] { looked.set_value(); });
    CHECK(comes(looked.get_future()));
  }
  CHECK(tries == 1);
  waiting.end();
  CHECK(comes(over.get_future()));
  CHECK(tries == 2);
}
