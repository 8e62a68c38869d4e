#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;
namespace fs = std::filesystem;

namespace {

Error failed(const fs::path& path, const LedgerOptions& options = {}) {
  auto opened = Ledger::open(path, options);
  REQUIRE_FALSE(opened);
  return opened.error();
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

LedgerOptions reading() {
  LedgerOptions options;
  options.access = Access::read;
  return options;
}

}  // namespace

TEST_CASE("a ledger that is not there is not found, and made where that is asked for") {
  TempFolder folder;
  CHECK(failed(folder.path() / "none").kind == ErrorKind::not_found);
  CHECK(failed(folder.path()).kind == ErrorKind::not_found);
  CHECK(failed(folder.path() / "none", reading()).kind == ErrorKind::not_found);
  LedgerOptions create;
  create.create = true;
  create.source = "https://example.org/ledger";
  const auto made = Ledger::open(folder.path() / "a" / "b", create);
  REQUIRE(made);
  CHECK((*made)->last() == 0);
  CHECK((*made)->source() == "https://example.org/ledger");
  CHECK(text_of(folder.path() / "a" / "b" / "format") == "chancery ledger 2\n");
}

TEST_CASE("what is no ledger is left alone and said to be none") {
  TempFolder folder;
  LedgerOptions create;
  create.create = true;
  write(folder.path() / "file", "text");
  const Error file = failed(folder.path() / "file", create);
  CHECK(file.kind == ErrorKind::refused);
  CHECK(file.found.ends_with("which is not a folder"));
  const Error other = failed(folder.path(), create);
  CHECK(other.kind == ErrorKind::refused);
  CHECK(other.found.find("a folder with other things in it") != std::string::npos);
  CHECK(text_of(folder.path() / "file") == "text");
  fs::create_directory(folder.path() / "odd");
  write(folder.path() / "odd" / "format", "something else\n");
  CHECK(failed(folder.path() / "odd").kind == ErrorKind::refused);
}

TEST_CASE("a ledger of a newer format is refused before anything is touched") {
  OpenLedger ledger;
  ledger.append({said("a")});
  ledger.close();
  write(ledger.path() / "format", "chancery ledger 3\n");
  const auto before = fs::last_write_time(ledger.path() / "db");
  for (const LedgerOptions& options : {LedgerOptions{}, reading()}) {
    const Error error = failed(ledger.path(), options);
    CHECK(error.kind == ErrorKind::newer_format);
    CHECK(error.found == "format 3");
  }
  CHECK(fs::last_write_time(ledger.path() / "db") == before);
}

TEST_CASE("a second process is told the pid and the command of the one that has the ledger") {
  LedgerOptions options;
  options.command = "chancery serve --port 1";
  OpenLedger ledger(options);
  for (const LedgerOptions& other : {LedgerOptions{}, reading()}) {
    const Error error = failed(ledger.path(), other);
    CHECK(error.kind == ErrorKind::in_use);
    CHECK(error.found == "in use by process " + std::to_string(::getpid()) + " (chancery serve --port 1)");
  }
  ledger.close();
  CHECK(Ledger::open(ledger.path(), reading()));
}

TEST_CASE("a lock whose last signer is gone names nobody") {
  OpenLedger ledger;
  ledger.close();
  const auto reader = Ledger::open(ledger.path(), reading());
  REQUIRE(reader);
  for (const char* signed_by : {"2147483646 chancery view\n", "nobody at all\n", "17", ""}) {
    write(ledger.path() / "lock", signed_by);
    CHECK(failed(ledger.path()).found == "in use by another process");
  }
}

TEST_CASE("who waits gets the ledger when the other lets it go") {
  OpenLedger ledger;
  std::thread closes([&] { ledger.close(); });
  LedgerOptions waiting;
  waiting.wait = std::chrono::seconds(30);
  CHECK(Ledger::open(ledger.path(), waiting));
  closes.join();
}

TEST_CASE("readers share an idle ledger and keep writers out") {
  OpenLedger ledger;
  ledger.append({said("a"), said("b")});
  ledger.close();
  const auto one = Ledger::open(ledger.path(), reading());
  const auto two = Ledger::open(ledger.path(), reading());
  REQUIRE(one);
  REQUIRE(two);
  CHECK((*two)->at(2).value().event.id.text == "b");
  CHECK((*one)->source() == (*two)->source());
  CHECK(failed(ledger.path()).kind == ErrorKind::in_use);
  CHECK((*one)->append({given(said("c"))}).error().found == "open for reading");
  CHECK((*one)->rebuild("index", {}).error().found == "open for reading");
}

TEST_CASE("a reader that finds a follower behind completes it first") {
  OpenLedger ledger;
  ledger.append({said("a"), said("b")});
  ledger.close();
  Counter counter;
  LedgerOptions options = reading();
  options.followers = {&counter};
  std::vector<Position> progress;
  options.progress = [&](Position done, Position last) {
    CHECK(last == 2);
    progress.push_back(done);
  };
  {
    const auto first = Ledger::open(ledger.path(), options);
    REQUIRE(first);
    CHECK((*first)->followed("counter", 2).value().store->get("statement.made") == "2");
    CHECK(counter.followed == 2);
    CHECK(progress == std::vector<Position>{2});
  }
  const auto second = Ledger::open(ledger.path(), options);
  REQUIRE(second);
  CHECK(counter.followed == 2);
}

TEST_CASE("a reader leaves no file behind in the folder") {
  OpenLedger ledger;
  ledger.append({said("a")});
  ledger.close();
  const auto files = [&] {
    std::set<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(ledger.path())) all.insert(entry.path().string());
    return all;
  };
  const auto before = files();
  REQUIRE(Ledger::open(ledger.path(), reading()));
  CHECK(files() == before);
}

TEST_CASE("a folder that cannot be written can be read, if nothing has to be completed") {
  if (::geteuid() == 0) {
    WARN("skipped: root may write everywhere");
    return;
  }
  OpenLedger ledger;
  ledger.append({said("a")});
  ledger.close();
  fs::permissions(ledger.path(), fs::perms::owner_write, fs::perm_options::remove);
  const auto databases = {ledger.path() / "db", ledger.path() / "derived"};
  for (const fs::path& database : databases) fs::permissions(database, fs::perms::owner_write, fs::perm_options::remove);
  CHECK(Ledger::open(ledger.path(), reading()));
  Counter counter;
  LedgerOptions behind = reading();
  behind.followers = {&counter};
  CHECK(failed(ledger.path(), behind).kind == ErrorKind::disk);
  fs::permissions(ledger.path(), fs::perms::owner_write, fs::perm_options::add);
  for (const fs::path& database : databases) fs::permissions(database, fs::perms::owner_write, fs::perm_options::add);
}

TEST_CASE("a log that ends below its head file is refused, and what is missing is said") {
  OpenLedger ledger;
  ledger.append({said("a"), said("b"), said("c")});
  ledger.close();
  const std::string head = text_of(ledger.path() / "head");
  CHECK(head.starts_with("00000000000000000003 "));
  OpenLedger other;
  for (const char* id : {"a", "b", "c", "d", "e"}) other.append({said(id)});
  other.close();
  fs::copy_file(other.path() / "head", ledger.path() / "head", fs::copy_options::overwrite_existing);
  for (const LedgerOptions& options : {LedgerOptions{}, reading()}) {
    const Error error = failed(ledger.path(), options);
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(error.message() ==
          "ledger: found a log that ends at position 3, although 5 was acknowledged; allowed: the events 4 to 5, which are missing; restore a backup");
  }
  SECTION("a head file that cannot be trusted says nothing") {
    write(ledger.path() / "head", head.substr(0, 12));
    CHECK(Ledger::open(ledger.path(), {}));
  }
  SECTION("nor does one that is gone") {
    fs::remove(ledger.path() / "head");
    CHECK(Ledger::open(ledger.path(), {}));
  }
}

TEST_CASE("a ledger whose database is gone is refused, not begun anew") {
  OpenLedger ledger;
  ledger.append({said("a")});
  ledger.close();
  fs::remove_all(ledger.path() / "db");
  LedgerOptions create;
  create.create = true;
  CHECK(failed(ledger.path(), create).kind == ErrorKind::corrupt);
  CHECK(failed(ledger.path(), reading()).kind == ErrorKind::corrupt);
}

TEST_CASE("many who make the same ledger at once all find it made") {
  for (int round = 0; round < 20; ++round) {
    TempFolder folder;
    LedgerOptions options;
    options.create = true;
    options.wait = std::chrono::seconds(60);
    std::atomic<int> opened{0};
    std::vector<std::thread> all;
    for (int i = 0; i < 6; ++i) {
      all.emplace_back([&] { opened += Ledger::open(folder.path() / "a" / "ledger", options) ? 1 : 0; });
    }
    for (std::thread& one : all) one.join();
    CHECK(opened == 6);
  }
}
