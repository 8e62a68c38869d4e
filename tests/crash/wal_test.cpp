#include <boost/crc.hpp>

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

using Opened = Result<std::unique_ptr<Ledger>>;

/// Opens the ledger so many times, each time with one bit flipped in those bytes of its log.
void each_with_a_bit_flipped(Killed& killed, std::uint64_t from, std::uint64_t to, int rounds, const std::function<void(const Opened&)>& check) {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  for (int round = 0; round < rounds; ++round) {
    killed.begin_again();
    const std::uint64_t bit = from * 8 + random() % ((to - from) * 8);
    CAPTURE(bit);
    flip(killed.log, bit);
    check(killed.open());
  }
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
  Killed killed([](OpenLedger& ledger) { REQUIRE(ledger->keep({{"a/name", "a value"}})); });
  each_with_a_bit_flipped(killed, killed.size_of_60, written_bytes(killed.log), 60, [](const Opened& opened) {
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
  });
}

TEST_CASE("what lies behind the last write and a sector of zeros was never acknowledged, and is no matter") {
  Killed killed;
  each_with_a_bit_flipped(killed, killed.size_of_60 + 2 * sector_bytes, fs::file_size(killed.log), 20, [](const Opened& opened) {
    REQUIRE(opened);
    CHECK((*opened)->last() == 60);
  });
}

TEST_CASE("only the last log that holds anything may end in a torn write") {
  std::mt19937_64 random(1);
  for (const bool holds : {true, false}) {
    Killed killed([](OpenLedger& ledger) { append_many(ledger, 8); });
    fs::remove(killed.ledger.path() / "head");
    const fs::path next = killed.log.parent_path() / "000099.log";
    if (holds) fs::copy(killed.log, next);
    else std::ofstream(next) << std::string(1000, '\0');
    tear(killed.log, killed.size_of_60, random);
    const auto opened = killed.open();
    REQUIRE(opened.has_value() != holds);
    if (opened) CHECK((*opened)->last() == 60);
    else CHECK(opened.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("nobody can make a ledger refuse to open after a power failure by what he records") {
  // Two whole records of the log as to their form: one too short for a write, one whose beginning is no write's.
  std::string forged;
  for (const std::size_t size : {1U, 40U}) {
    const std::string payload(size, 'x');
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_byte(1);
    crc.process_bytes(payload.data(), payload.size());
    const std::uint32_t sum = (crc.checksum() >> 15U | crc.checksum() << 17U) + 0xa282ead8U;
    for (int byte = 0; byte < 4; ++byte) forged += static_cast<char>(sum >> (8 * byte));
    forged += {static_cast<char>(size), '\0', '\1'};
    forged += payload;
  }
  Killed killed([&](OpenLedger& ledger) { REQUIRE(ledger->keep({{"a/name", std::string(2000, 'a') + forged + std::string(2000, 'a')}})); });
  std::string bytes = bytes_of(killed.log);
  bytes.replace(killed.size_of_60 + 2 * sector_bytes, 2 * sector_bytes, 2 * sector_bytes, '\0');
  std::ofstream(killed.log, std::ios::binary) << bytes;
  const auto opened = killed.open();
  REQUIRE(opened);
  CHECK((*opened)->last() == 60);
}

TEST_CASE("where the disk has no room to grow ahead, the log goes on without, and is as long as what it holds") {
  FaultyEnv faulty;
  LedgerOptions options;
  options.env = faulty.env.get();
  OpenLedger ledger(options);
  faulty.disk->set_fault([](FaultyDisk::Operation operation, const std::string&) {
    return operation == FaultyDisk::Operation::grow ? rocksdb::IOStatus::NoSpace() : rocksdb::IOStatus::OK();
  });
  ledger.reopen();
  for (int i = 0; i < 20; ++i) ledger.append({said("e" + std::to_string(i))});
  const fs::path log = wal_of(ledger.path());
  CHECK(written_bytes(log) > 2000);
  CHECK(fs::file_size(log) < written_bytes(log) + 16);
  ledger.reopen();
  CHECK(ledger->last() == 20);
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
