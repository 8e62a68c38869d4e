#include <rocksdb/db.h>

#include <fstream>

#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
std::string first_line(const fs::path& path) {
  std::string line;
  std::ifstream in(path);
  std::getline(in, line);
  return line;
}

LedgerOptions counted_by(Counter& counter, Access access) {
  LedgerOptions options;
  options.access = access;
  options.followers = {&counter};
  return options;
}

/// A closed ledger of three events, followed by a counter.
struct Counted {
  Counter counter;
  OpenLedger ledger{counted_by(counter, Access::write)};

  Counted() {
    ledger.append({said("a"), said("b"), said("c")});
    ledger.close();
  }
  fs::path derived() { return ledger.path() / "derived"; }
  /// Opens it anew; whether a fresh counter, where it has to follow anything, follows all, and all can be read.
  void check_built_again(Access access) {
    Counter fresh;
    const auto opened = Ledger::open(ledger.path(), counted_by(fresh, access));
    REQUIRE(opened);
    CHECK(fresh.followed == 3);
    CHECK((*opened)->followed("counter", 3).value().store->get("statement.made") == "3");
    CHECK(selected(**opened, Filter{{{"statement.made"}, {}, {}, {}, {}}, {}, {}, Visibility::restricted}) == std::vector<Position>{1, 2, 3});
  }
};

/// Puts into the log's database what format 1 kept there, and takes away what it did not have.
void make_format_1(const fs::path& ledger) {
  fs::remove_all(ledger / "derived");
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  REQUIRE(rocksdb::DB::Open({}, (ledger / "db").string(), {{"default", {}}}, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> database(raw);
  for (const char* name : {"index", "views"}) {
    rocksdb::ColumnFamilyHandle* made = nullptr;
    REQUIRE(database->CreateColumnFamily({}, name, &made).ok());
    handles.push_back(made);
    REQUIRE(database->Put({}, made, "what was derived", "once").ok());
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) REQUIRE(database->DestroyColumnFamilyHandle(handle).ok());
  write(ledger / "format", "chancery ledger 1\n");
}

}  // namespace

TEST_CASE("what is derived may be removed, and is built again from the log by whoever comes next") {
  const Access access = GENERATE(Access::write, Access::read);
  Counted counted;
  fs::remove_all(counted.derived());
  counted.check_built_again(access);
}

TEST_CASE("where what is derived is damaged, that is said, and that it can be removed, and the log stays as it is") {
  Counted counted;
  write(counted.derived() / "CURRENT", "nonsense\n");
  for (const Access access : {Access::write, Access::read}) {
    const auto opened = Ledger::open(counted.ledger.path(), counted_by(counted.counter, access));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::corrupt);
    CHECK(opened.error().field == counted.derived().string());
    CHECK(opened.error().allowed.ends_with("remove it, and it is built again"));
  }
  fs::remove_all(counted.derived());
  counted.check_built_again(Access::write);
}

TEST_CASE("where whoever made a database was killed before it had all its families, the next one goes on") {
  const Access access = GENERATE(Access::write, Access::read);
  Counted counted;
  fs::remove_all(counted.derived());
  rocksdb::DB* raw = nullptr;
  rocksdb::Options options;
  options.create_if_missing = true;
  REQUIRE(rocksdb::DB::Open(options, counted.derived().string(), &raw).ok());
  delete raw;
  counted.check_built_again(access);
}

TEST_CASE("a ledger of format 1 is made one of format 2 by whoever opens it, with all that it had") {
  const Access access = GENERATE(Access::write, Access::read);
  Counted counted;
  make_format_1(counted.ledger.path());
  counted.check_built_again(access);
  CHECK(first_line(counted.ledger.path() / "format") == "chancery ledger 2");
  std::vector<std::string> families;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, (counted.ledger.path() / "db").string(), &families).ok());
  CHECK(families == std::vector<std::string>{"default"});
}
