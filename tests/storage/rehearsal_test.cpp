#include "storage/overlay.hpp"

#include <fstream>

#include "storage/ledger_impl.hpp"
#include "tests/storage/open_ledger.hpp"

using namespace chancery;
using namespace chancery::test;

namespace {

std::unique_ptr<Rehearsal> begin(OpenLedger& ledger) { return std::move(*Rehearsal::begin(*ledger, ledger.parent())); }

/// Memory this process has, in bytes.
std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t pages = 0;
  in >> pages >> pages;
  return pages * 4096;
}

/// An event that may or may not be good, about the few hundred before it.
template <class Random>
std::string random_line(std::uint64_t number, Random& random) {
  const auto other = [&] { return "e" + std::to_string(number - std::min<std::uint64_t>(number, random() % 40)); };
  const std::string id = "e" + std::to_string(number);
  switch (random() % 6) {
    case 0: return correction(id, other());
    case 1: return retraction(id, other());
    case 2: return said(id, R"(,"because_of":")" + other() + '"');
    case 3: return said(other(), R"(,"tags":["t)" + std::to_string(random() % 2) + R"("])");
    default: return in_stream(id, "s" + std::to_string(random() % 4));
  }
}

}  // namespace

TEST_CASE("a rehearsal says what append would, and writes nothing") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  OpenLedger ledger;
  for (std::uint64_t number = 1; number <= 40; ++number) static_cast<void>(ledger->append(all_given({random_line(number, random)})));
  const Position before = ledger->last();
  std::vector<std::string> lines;
  std::vector<Result<AppendedEvent>> told;
  {
    const auto rehearsal = begin(ledger);
    for (std::uint64_t number = 41; number <= 400; ++number) {
      lines.push_back(random_line(number, random));
      told.push_back(rehearsal->add(given(lines.back())));
      REQUIRE(rehearsal->end_of_commit());
    }
  }
  CHECK(ledger->last() == before);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(lines[i]);
    const auto appended = ledger->append(all_given({lines[i]}));
    REQUIRE(appended.has_value() == told[i].has_value());
    if (!appended) {
      CHECK(appended.error() == told[i].error());
      continue;
    }
    CHECK(appended->events[0].position == told[i]->position);
    CHECK(appended->events[0].revision == told[i]->revision);
    CHECK(appended->events[0].stream == told[i]->stream);
    CHECK(appended->events[0].fresh == told[i]->fresh);
  }
}

TEST_CASE("a rehearsal checks the order of recorded_at as append does") {
  OpenLedger ledger;
  const auto at = [](const std::string& id, const std::string& time) {
    return given(said(id, R"(,"recorded_at":"2025-03-01T)" + time + R"(Z")"), true);
  };
  REQUIRE(ledger->append({at("a", "10:00:00")}));
  const auto rehearsal = begin(ledger);
  CHECK(rehearsal->add(at("b", "10:00:00")).error().message() ==
        "recorded_at: found 2025-03-01T10:00:00Z; allowed: later than 2025-03-01T10:00:00Z, when the last commit was recorded");
  CHECK(rehearsal->add(at("b", "10:00:01")));
  CHECK(rehearsal->add(at("c", "10:00:02")).error().field == "recorded_at");
  CHECK(rehearsal->add(at("c", "10:00:01")));
  REQUIRE(rehearsal->end_of_commit());
  CHECK(rehearsal->add(at("d", "10:00:01")).error().field == "recorded_at");
  CHECK_FALSE(rehearsal->add(at("a", "09:00:00")).value().fresh);
  CHECK(rehearsal->add(at("d", "10:00:01.5")));
}

TEST_CASE("what spills to disk is remembered as what stays in memory") {
  const std::uint64_t round_seed = seed();
  INFO("CHANCERY_SEED=" << round_seed);
  std::mt19937_64 random(round_seed);
  OpenLedger ledger;
  for (std::uint64_t number = 1; number <= 40; ++number) static_cast<void>(ledger->append(all_given({random_line(number, random)})));
  const auto& log = dynamic_cast<LedgerImpl&>(*ledger).reader();
  Overlay stays(log), spills(log);
  const auto add = [](Overlay& overlay, const Given& event) -> Result<Admission> {
    auto admitted = admit(event, overlay);
    Event whole = event.event;
    if (admitted) whole.stream = admitted->stream;
    if (admitted && admitted->fresh) overlay.add(whole, *admitted, false);
    return admitted;
  };
  for (std::uint64_t number = 41; number <= 400; ++number) {
    const Given event = given(random_line(number, random));
    const auto one = add(stays, event), two = add(spills, event);
    REQUIRE(one.has_value() == two.has_value());
    if (!one) {
      CHECK(one.error() == two.error());
    } else {
      CHECK(one->position == two->position);
      CHECK(one->revision == two->revision);
      CHECK(one->stream == two->stream);
      CHECK(one->fresh == two->fresh);
      CHECK(one->chain == two->chain);
      CHECK(one->links == two->links);
    }
    if (random() % 30 == 0) spills.spill(ledger.parent() / "scratch");
  }
  CHECK(spills.bytes() < stays.bytes());
}

TEST_CASE("a rehearsal takes its scratch folder with it") {
  OpenLedger ledger;
  {
    const auto rehearsal = begin(ledger);
    for (int i = 0; i < 200'000; ++i) REQUIRE(rehearsal->add(given(said("e" + std::to_string(i)))));
    CHECK(std::distance(std::filesystem::directory_iterator(ledger.parent()), {}) == 2);
    CHECK(rehearsal->add(given(said("e0", R"(,"because_of":"e1")"))).error().kind == ErrorKind::conflict);
    CHECK_FALSE(rehearsal->add(given(said("e7"))).value().fresh);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(ledger.parent()), {}) == 1);
}

TEST_CASE("ten million lines are rehearsed in less than 512 MB", "[.][slow]") {
  OpenLedger ledger;
  const auto rehearsal = begin(ledger);
  Given event = given(said("e"));
  for (std::uint64_t i = 0; i < 10'000'000; ++i) {
    event.event.id.text = "e" + std::to_string(i);
    event.event.stream = "s" + std::to_string(i % 100'000);
    REQUIRE(rehearsal->add(event).value().position == i + 1);
    if (i % 100'000 == 0) REQUIRE(resident_bytes() < 512UL << 20);
  }
}
