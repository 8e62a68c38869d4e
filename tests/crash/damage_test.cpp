#include <fstream>

#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;
namespace fs = std::filesystem;

namespace {

/// A folder as a killed process leaves it: 60 events in the write-ahead log, nothing in tables.
struct Killed {
  FaultyEnv faulty;
  OpenLedger ledger;
  fs::path log;

  Killed() : ledger(options()) {
    for (int i = 1; i <= 60; ++i) ledger.append({said("e" + std::to_string(i))});
    REQUIRE(ledger->settle());
    faulty.disk->cut_power();
    ledger.close();
    faulty.disk->lose_unsynced(0);
    std::uintmax_t largest = 0;
    for (const auto& entry : fs::directory_iterator(ledger.path() / "db")) {
      if (entry.path().extension() != ".log" || entry.file_size() < largest) continue;
      largest = entry.file_size();
      log = entry.path();
    }
    REQUIRE(largest > 5000);
  }
  LedgerOptions options() {
    LedgerOptions made;
    made.env = faulty.env.get();
    return made;
  }
  Result<std::unique_ptr<Ledger>> open() { return Ledger::open(ledger.path(), {}); }
};

void flip(const fs::path& path, std::uint64_t bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(bit / 8));
  const char byte = static_cast<char>(file.get() ^ (1 << (bit % 8)));
  file.seekp(static_cast<std::streamoff>(bit / 8));
  file.put(byte);
}

}  // namespace

TEST_CASE("a log whose process was killed opens with everything") {
  Killed killed;
  const auto opened = killed.open();
  REQUIRE(opened);
  CHECK((*opened)->last() == 60);
}

TEST_CASE("a bit that flipped anywhere in the write-ahead log is noticed: refused, never silently shorter") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  Killed killed;
  const fs::path whole = killed.ledger.parent() / "whole";
  fs::copy(killed.ledger.path(), whole, fs::copy_options::recursive);
  const std::uint64_t bits = fs::file_size(killed.log) * 8;
  for (int i = 0; i < 60; ++i) {
    fs::remove_all(killed.ledger.path());
    fs::copy(whole, killed.ledger.path(), fs::copy_options::recursive);
    const std::uint64_t bit = random() % bits;
    CAPTURE(bit);
    flip(killed.log, bit);
    const auto opened = killed.open();
    if (opened) {
      CHECK((*opened)->last() == 60);
    } else {
      CHECK(opened.error().kind == ErrorKind::corrupt);
    }
  }
}

TEST_CASE("a write-ahead log that was cut is refused, and what is missing is said") {
  Killed killed;
  const fs::path whole = killed.ledger.parent() / "whole";
  fs::copy(killed.ledger.path(), whole, fs::copy_options::recursive);
  const std::uintmax_t size = fs::file_size(killed.log);
  for (int part = 0; part < 20; ++part) {
    fs::remove_all(killed.ledger.path());
    fs::copy(whole, killed.ledger.path(), fs::copy_options::recursive);
    fs::resize_file(killed.log, size * static_cast<std::uintmax_t>(part) / 20);
    const auto opened = killed.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
    CHECK(opened.error().message().find("although 60 was acknowledged") != std::string::npos);
  }
}
