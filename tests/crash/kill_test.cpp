#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

constexpr const char* folder_variable = "CHANCERY_TEST_RECORDER_FOLDER";

std::string event(Position number) {
  return said("e" + std::to_string(number), R"(,"stream":"s)" + std::to_string(number % 3) + R"(","tags":["t)" + std::to_string(number % 7) + R"("])");
}

/// Starts this program again as the recorder of a folder; what it prints comes through `out`.
pid_t start_recorder(const std::filesystem::path& folder, int& out) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 3);
    ::setenv(folder_variable, folder.c_str(), 1);
    ::execl(program.c_str(), program.c_str(), "records until it is killed", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  out = ends[0];
  return child;
}

}  // namespace

TEST_CASE("records until it is killed", "[.]") {
  const char* folder = std::getenv(folder_variable);
  if (folder == nullptr) return;
  Counter counter;
  LedgerOptions options;
  options.create = true;
  options.followers = {&counter};
  options.wait = std::chrono::seconds(10);
  auto ledger = Ledger::open(folder, options);
  REQUIRE(ledger);
  for (Position number = (*ledger)->last() + 1;; number += 2) {
    const auto appended = (*ledger)->append(all_given({event(number), event(number + 1)}));
    REQUIRE(appended);
    if (::write(3, &appended->last, sizeof appended->last) != sizeof appended->last) return;
  }
}

TEST_CASE("after the recorder was killed at any moment, every acknowledged event is there and nothing is half there") {
  const std::uint64_t first_seed = seed();
  INFO("CHANCERY_SEED=" << first_seed);
  std::mt19937_64 random(first_seed);
  TempFolder folder;
  const auto path = folder.path() / "ledger";
  Position acknowledged = 0;
  for (int life = 0; life < 6; ++life) {
    int out = -1;
    const pid_t child = start_recorder(path, out);
    // Kills after some acknowledgements, or while the ledger opens.
    Position last = 0;
    for (std::uint64_t left = random() % 60; left > 0 && ::read(out, &last, sizeof last) == sizeof last; --left) acknowledged = last;
    ::kill(child, SIGKILL);
    while (::read(out, &last, sizeof last) == sizeof last) acknowledged = last;
    ::close(out);
    ::waitpid(child, nullptr, 0);
    if (acknowledged == 0) continue;

    Counter counter;
    LedgerOptions options;
    options.followers = {&counter};
    auto ledger = Ledger::open(path, options);
    REQUIRE(ledger);
    const Position end = (*ledger)->last();
    REQUIRE(end >= acknowledged);
    REQUIRE(end % 2 == 0);
    Position expected = 1;
    REQUIRE((*ledger)->read(1, end, [&](Recorded&& recorded) {
      REQUIRE(recorded.position == expected);
      REQUIRE(recorded.event.id.text == "e" + std::to_string(expected));
      REQUIRE(recorded.revision == (expected - (expected % 3 == 0 ? 3 : expected % 3)) / 3);
      ++expected;
      return true;
    }));
    REQUIRE(expected == end + 1);
    for (const char* follower : {"index", "counter"}) {
      const std::string before = contents(**ledger, follower);
      REQUIRE((*ledger)->rebuild(follower, {}));
      REQUIRE(contents(**ledger, follower) == before);
    }
    acknowledged = end;
  }
}
