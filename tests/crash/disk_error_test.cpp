#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

struct Faulty {
  FaultyEnv env;
  OpenLedger ledger;
  Faulty() : ledger(options()) {}
  LedgerOptions options() {
    LedgerOptions made;
    made.env = env.env.get();
    return made;
  }
  void fail(FaultyDisk::Operation which, const rocksdb::IOStatus& status) {
    env.disk->set_fault([which, status](FaultyDisk::Operation operation, const std::string& file) {
      return operation == which && file.ends_with(".log") ? status : rocksdb::IOStatus::OK();
    });
  }
};

void check_sticky(Faulty& faulty) {
  OpenLedger& ledger = faulty.ledger;
  const Error failed = ledger.refusal({said("b")});
  CHECK(failed.kind == ErrorKind::disk);
  CHECK(failed.message().find("whether it is on the disk is unknown") != std::string::npos);
  faulty.env.disk->set_fault({});
  const Error still = ledger.refusal({said("c")});
  CHECK(still.kind == ErrorKind::disk);
  CHECK(still.allowed == "reopening the ledger to learn it; until then it can be read");
  CHECK(ledger->broken() == still);
  CHECK(ledger->last() == 1);
  CHECK(ledger->at(1).value().event.id.text == "a");
  CHECK(selected(*ledger, Filter{{{"statement.made"}, {}, {}, {}, {}}, {}, {}, Visibility::restricted}) == std::vector<Position>{1});
  ledger.reopen();
  CHECK_FALSE(ledger->broken());
  CHECK(ledger.append({said("b"), said("c")}).events.size() == 2);
  CHECK(ledger->find(Id{"c"}).value() == ledger->last());
}

}  // namespace

TEST_CASE("after a sync fails nothing is written any more until the ledger is opened again, and reads go on") {
  Faulty faulty;
  faulty.ledger.append({said("a")});
  REQUIRE(faulty.ledger->settle());
  faulty.fail(FaultyDisk::Operation::sync, rocksdb::IOStatus::IOError("injected"));
  check_sticky(faulty);
}

TEST_CASE("after an append to the disk fails nothing is written any more until the ledger is opened again") {
  Faulty faulty;
  faulty.ledger.append({said("a")});
  REQUIRE(faulty.ledger->settle());
  faulty.fail(FaultyDisk::Operation::append, rocksdb::IOStatus::IOError("injected"));
  check_sticky(faulty);
}

TEST_CASE("a full disk is reported, loses nothing acknowledged, and the ledger writes again once it is reopened with room") {
  Faulty faulty;
  faulty.ledger.append({said("a")});
  REQUIRE(faulty.ledger->settle());
  faulty.fail(FaultyDisk::Operation::append, rocksdb::IOStatus::NoSpace("injected"));
  check_sticky(faulty);
}

TEST_CASE("whatever waited when a sync failed is told that its outcome is unknown") {
  Faulty faulty;
  faulty.ledger.append({said("a")});
  REQUIRE(faulty.ledger->settle());
  faulty.fail(FaultyDisk::Operation::sync, rocksdb::IOStatus::IOError("injected"));
  std::vector<std::future<Result<Appended>>> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(faulty.ledger->submit(all_given({said("w" + std::to_string(i))})));
  for (auto& future : waiting) {
    const auto appended = future.get();
    REQUIRE_FALSE(appended);
    CHECK(appended.error().kind == ErrorKind::disk);
  }
  faulty.env.disk->set_fault({});
}
