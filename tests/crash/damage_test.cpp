#include "tests/crash/killed.hpp"

using namespace chancery;
using namespace chancery::test;
namespace fs = std::filesystem;

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
  const std::uint64_t bits = written_bytes(killed.log) * 8;
  for (int i = 0; i < 60; ++i) {
    killed.begin_again();
    const std::uint64_t bit = random() % bits;
    CAPTURE(bit);
    flip(killed.log, bit);
    if (i % 2 == 0) fs::remove(killed.ledger.path() / "head");
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
  const std::uintmax_t size = written_bytes(killed.log);
  for (int part = 0; part < 20; ++part) {
    killed.begin_again();
    fs::resize_file(killed.log, size * static_cast<std::uintmax_t>(part) / 20);
    const auto opened = killed.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
    CHECK(opened.error().message().find("although 60 was acknowledged") != std::string::npos);
  }
}
