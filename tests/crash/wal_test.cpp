#include "tests/crash/killed.hpp"

using namespace chancery;
using namespace chancery::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t sector_bytes = 512;

/// Takes sectors of what a file holds from `from` on, as a disk does that was writing them: one at least, each with a chance of its own.
void tear(const fs::path& path, std::uint64_t from, std::mt19937_64& random) {
  std::string bytes = bytes_of(path);
  const std::uint64_t to = bytes.find_last_not_of('\0') + 1, first = from / sector_bytes, sectors = (to - 1) / sector_bytes - first + 1;
  const std::uint64_t surely = random() % sectors, chance = random() % 10;
  for (std::uint64_t sector = 0; sector < sectors; ++sector) {
    if (sector != surely && random() % 10 >= chance) continue;
    const std::uint64_t begins = std::max(from, (first + sector) * sector_bytes), ends = std::min(to, (first + sector + 1) * sector_bytes);
    bytes.replace(begins, ends - begins, ends - begins, '\0');
  }
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Many events in one commit, about 100 bytes each.
void append_many(OpenLedger& ledger, int count) {
  std::vector<std::string> lines;
  for (int i = 1; i <= count; ++i) lines.push_back(said("more" + std::to_string(i)));
  ledger.append(lines);
}

}  // namespace

TEST_CASE("a write that was torn when the power failed is not there, whichever of its sectors are missing, and all before it is") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  // Within a block of the write-ahead log, and over several.
  for (const int count : {8, 700}) {
    Killed killed([&](OpenLedger& ledger) { append_many(ledger, count); });
    fs::remove(killed.ledger.path() / "head");
    for (int round = 0; round < 15; ++round) {
      killed.begin_again();
      tear(killed.log, killed.size_of_60, random);
      CAPTURE(count, round);
      const auto opened = killed.open(round % 2 == 0 ? Access::write : Access::read);
      REQUIRE(opened);
      CHECK((*opened)->last() == 60);
      CHECK((*opened)->find(Id{"e60"}).value() == 60);
    }
  }
}

TEST_CASE("a write that was acknowledged and is torn nevertheless is missed") {
  std::mt19937_64 random(1);
  Killed killed([](OpenLedger& ledger) { append_many(ledger, 8); });
  tear(killed.log, killed.size_of_60, random);
  for (const Access access : {Access::read, Access::write}) {
    const auto opened = killed.open(access);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
    CHECK(opened.error().message().find("ends at position 60, although 68 was acknowledged") != std::string::npos);
  }
}

TEST_CASE("a bit that flipped in the last write is noticed, also where no head file says that it was acknowledged") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  Killed killed([](OpenLedger& ledger) { REQUIRE(ledger->keep({{"a/name", "a value"}})); });
  const std::uint64_t first = killed.size_of_60 * 8, bits = written_bytes(killed.log) * 8 - first;
  for (int round = 0; round < 60; ++round) {
    killed.begin_again();
    const std::uint64_t bit = first + random() % bits;
    CAPTURE(bit);
    flip(killed.log, bit);
    const auto opened = killed.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("what lies after the last write, in zeros that were written ahead, is no matter or noticed") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  Killed killed;
  const std::uint64_t first = killed.size_of_60 * 8, bits = fs::file_size(killed.log) * 8 - first;
  for (int round = 0; round < 30; ++round) {
    killed.begin_again();
    const std::uint64_t bit = first + random() % (round % 2 == 0 ? bits : 200);
    CAPTURE(bit);
    flip(killed.log, bit);
    const auto opened = killed.open();
    if (opened) CHECK((*opened)->last() == 60);
    else CHECK(opened.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("a little that is appended does not change the size of the write-ahead log, and a closed ledger keeps nothing ahead") {
  OpenLedger ledger;
  ledger.append({said("first")});
  const fs::path log = wal_of(ledger.path());
  const std::uint64_t size = fs::file_size(log), written = written_bytes(log);
  for (int i = 0; i < 20; ++i) ledger.append({said("e" + std::to_string(i))});
  CHECK(written_bytes(log) > written + 2000);
  CHECK(fs::file_size(log) == size);
  ledger.close();
  CHECK(written_bytes(wal_of(ledger.path())) == fs::file_size(wal_of(ledger.path())));
}

TEST_CASE("much that is appended at once is not written twice") {
  OpenLedger ledger;
  ledger.reopen();
  append_many(ledger, 700);
  const fs::path log = wal_of(ledger.path());
  CHECK(written_bytes(log) > 70'000);
  CHECK(fs::file_size(log) < written_bytes(log) + sector_bytes);
}

TEST_CASE("a copy made while the write-ahead log is in use opens with everything") {
  OpenLedger ledger;
  for (int i = 0; i < 20; ++i) ledger.append({said("e" + std::to_string(i))});
  const fs::path copy = ledger.parent() / "copy";
  REQUIRE(ledger->copy_to(copy).value() == 20);
  ledger.append({said("later")});
  const auto opened = Ledger::open(copy, {});
  REQUIRE(opened);
  CHECK((*opened)->last() == 20);
}
