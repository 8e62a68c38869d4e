#include <fstream>
#include <thread>

#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

TEST_CASE("an online copy is a whole ledger as of a commit, made while appends go on") {
  Counter counter;
  LedgerOptions options;
  options.followers = {&counter};
  OpenLedger ledger(options);
  ledger.append({said("a"), said("b")});
  std::atomic<bool> stop{false};
  std::thread appends([&] {
    for (int i = 0; !stop; ++i) ledger.append({said("x" + std::to_string(i)), said("y" + std::to_string(i))});
  });
  const auto position = ledger->copy_to(ledger.parent() / "copy");
  stop = true;
  appends.join();
  REQUIRE(position);
  CHECK(*position % 2 == 0);
  Counter of_copy;
  LedgerOptions reading;
  reading.access = Access::read;
  reading.followers = {&of_copy};
  const auto copy = Ledger::open(ledger.parent() / "copy", reading);
  REQUIRE(copy);
  CHECK((*copy)->last() == *position);
  CHECK((*copy)->source() == ledger->source());
  CHECK((*copy)->followed("counter", *position).value().store->get("statement.made") == std::to_string(*position));
  for (Position at = 1; at <= *position; ++at) REQUIRE((*copy)->at(at).value() .event== ledger->at(at).value().event);
}

TEST_CASE("a copy is not made over something else") {
  OpenLedger ledger;
  ledger.append({said("a")});
  std::filesystem::create_directory(ledger.parent() / "full");
  std::ofstream(ledger.parent() / "full" / "file") << "text";
  CHECK(ledger->copy_to(ledger.parent() / "full").error().kind == ErrorKind::refused);
  CHECK(ledger->copy_to(ledger.path()).error().kind == ErrorKind::refused);
  CHECK(ledger->copy_to(ledger.parent() / "copy") == Position{1});
  CHECK(ledger->copy_to(ledger.parent() / "copy").error().kind == ErrorKind::refused);
}
