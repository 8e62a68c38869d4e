#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "core/fields.hpp"
#include "tests/support/affair.hpp"
#include "tests/support/seed.hpp"

using namespace chancery;
using chancery::test::Affair;

namespace {

const std::string holder = "state:BLR";

/// So many commits about one holder: most of them releases that come before much that was recorded earlier, and some that correct or
/// withdraw what stands.
void record(Affair& affair, int commits, std::mt19937_64& random) {
  std::vector<std::string> standing;
  const auto number = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  for (int i = 0; i < commits; ++i) {
    const std::string id = "e" + std::to_string(i);
    const std::size_t kind = standing.empty() ? 0 : number(8);
    const std::size_t chosen = standing.empty() ? 0 : number(standing.size());
    if (kind == 1) {
      affair.commit({R"({"id":")" + id + R"(","type":"record.retracted","retracts":")" + standing[chosen] + R"(","data":{"reason":"x"}})"});
      standing.erase(standing.begin() + static_cast<std::ptrdiff_t>(chosen));
      continue;
    }
    const std::string more = kind == 2 ? R"(,"corrects":")" + standing[chosen] + '"' : kind == 3 ? R"(,"visibility":"restricted")" : "";
    affair.commit({R"({"id":")" + id + R"(","type":"prisoners.released","occurred":"20)" + std::to_string(10 + number(8)) + '-' + std::to_string(101 + number(12)).substr(1) +
                   R"(","data":{"holder":"state:BLR","count":)" + std::to_string(1 + number(3)) + "}" + more + "}"});
    if (kind == 2) standing[chosen] = id;
    else standing.push_back(id);
  }
}

std::vector<std::string> shown(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const Row& row : rows) {
    all.push_back(format_instant(row.valid_from) + ' ' + (row.valid_to ? format_instant(*row.valid_to) : "") + ' ' + std::to_string(row.known_from) + ' ' +
                  std::to_string(row.known_to) + ' ' + std::to_string(row.because.size()) + ' ' + row.state);
  }
  return all;
}

}  // namespace

TEST_CASE("the rows that were opened or closed since a commit are those of the history, whether they are kept or folded when asked for") {
  const int commits = GENERATE(30, 190);
  const std::uint64_t first_seed = test::seed();
  INFO("CHANCERY_SEED=" << first_seed);
  std::mt19937_64 random(first_seed);
  Affair affair;
  record(affair, commits, random);
  const ViewReader reader = affair.reader("prisoners");
  const auto last = static_cast<Position>(commits);
  for (const Visibility level : {Visibility::restricted, Visibility::public_}) {
    for (const Position known : {last, last - 7, last / 2}) {
      const std::vector<Row> history = reader.history(holder, affair.from(known, level)).value();
      REQUIRE(history.size() > static_cast<std::size_t>(known));
      for (const Position after : {known - 1, known - 2, known - 9, known / 2, Position(1), Position(0)}) {
        std::vector<Row> wanted = history;
        std::erase_if(wanted, [&](const Row& row) { return row.known_from <= after && (row.known_to <= after || row.known_to > known); });
        CHECK(shown(reader.changed(holder, affair.from(known, level), after).value()) == shown(wanted));
      }
    }
  }
}
