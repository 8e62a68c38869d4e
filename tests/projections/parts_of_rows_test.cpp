#include <catch2/catch.hpp>

#include "core/fields.hpp"
#include "tests/support/affair.hpp"

using namespace chancery;
using chancery::test::Affair;

namespace {

const std::string holder = "state:BLR";

/// So many releases, each of which comes before most that were recorded earlier: their rows soon cost too much to keep.
Affair& released(Affair& affair, int events) {
  constexpr int step = 7, days = 28;
  for (int i = 0; i < events; ++i) {
    const int day = i * step % (days * 12);
    affair.commit({R"({"id":"r)" + std::to_string(i) + R"(","type":"prisoners.released","occurred":"20)" + std::to_string(10 + i % 3) + '-' +
                   std::to_string(101 + day / days).substr(1) + '-' + std::to_string(101 + day % days).substr(1) +
                   R"(","data":{"holder":"state:BLR","count":)" + std::to_string(1 + i % 5) + "}}"});
  }
  return affair;
}

std::string shown(const Row& row) {
  return format_instant(row.valid_from) + ' ' + std::to_string(row.known_from) + ' ' + std::to_string(row.known_to) + ' ' + row.state;
}

std::vector<std::string> shown(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const Row& row : rows) all.push_back(shown(row));
  return all;
}

}  // namespace

TEST_CASE("a part of what was ever believed of a key is that part of the whole, whether its rows are kept or folded when asked for") {
  const int events = GENERATE(12, 160);
  Affair affair;
  released(affair, events);
  const ViewReader reader = affair.reader("prisoners");
  for (const Position known : {Position(events), Position(events / 2)}) {
    const std::vector<std::string> whole = shown(reader.history(holder, affair.from(known)).value());
    REQUIRE(whole.size() > static_cast<std::size_t>(events / 2));
    const std::uint64_t size = whole.size();
    for (const auto& [after, limit] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 1}, {0, 10}, {size / 3, 7}, {size - 2, 10}, {size, 5}, {size + 9, 1}, {3, size}, {0, size}}) {
      const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(std::min(after, size));
      const std::vector<std::string> wanted(begin, begin + static_cast<std::ptrdiff_t>(std::min(limit, size - std::min(after, size))));
      CHECK(shown(reader.history(holder, affair.from(known), {after, limit}).value()) == wanted);
    }
  }
}

TEST_CASE("what is believed of a key over time comes in parts as it is asked for") {
  Affair affair;
  released(affair, 20);
  const ViewReader reader = affair.reader("prisoners");
  const auto whole = reader.timeline(holder, affair.from()).value();
  REQUIRE(whole.size() > 10);
  const auto part = reader.timeline(holder, affair.from(), {3, 4}).value();
  REQUIRE(part.size() == 4);
  for (std::size_t i = 0; i < part.size(); ++i) CHECK(shown(part[i].row) == shown(whole[i + 3].row));
  CHECK(reader.timeline(holder, affair.from(), {whole.size(), 4}).value().empty());
}

TEST_CASE("what nobody waits for any longer is not folded to its end") {
  Affair affair;
  released(affair, 160);
  int asked = 0;
  const RowsPart part{0, std::numeric_limits<std::uint64_t>::max(), [&] { return ++asked < 5; }};
  const auto left = affair.reader("prisoners").history(holder, affair.from(), part).value();
  CHECK(asked == 5);
  CHECK(left.size() < affair.reader("prisoners").history(holder, affair.from()).value().size());
}
