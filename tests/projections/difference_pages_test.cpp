#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/affair.hpp"

using namespace chancery;
using chancery::test::Affair;

namespace {

constexpr std::size_t all_keys = 20;

std::string key(std::size_t number) { return fmt::format("usa/n{:02}", number); }

/// Measures that were imposed within a year, in one commit.
void impose(Affair& affair) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < all_keys; ++i) {
    lines.push_back(fmt::format(R"({{"type":"sanction.imposed","occurred":"2025","data":{{"measure":"{}","target":["state:BLR"],"restrictions":["dealings"]}}}})", key(i)));
  }
  affair.commit(lines);
}

/// From before that year until after it, and over all that is known.
Points around_the_year(Affair& affair) {
  return {parse_instant({}, "2024-06-01T00:00:00Z").value(), parse_instant({}, "2026-06-01T00:00:00Z").value(), affair.ledger().last(), affair.ledger().last()};
}

}  // namespace

TEST_CASE("a page of a difference is worked out from its own keys and one more, and says where the next begins") {
  Affair affair;
  impose(affair);
  const Points points = around_the_year(affair);
  const ViewReader view = affair.reader("sanctions");
  std::size_t asked = 0;
  RowFilter filter;
  filter.wanted = [&] { return ++asked > 0; };
  std::vector<std::string> seen;
  for (std::size_t pages = 0; pages <= all_keys; ++pages) {
    asked = 0;
    const Differences page = view.diff(points, Visibility::restricted, filter, 3).value();
    for (const Difference& one : page.world) seen.push_back(one.key);
    // Once more of each that is told, for the events that are why.
    CHECK(asked <= 3 + 1 + 3);
    CHECK(page.knowledge.empty());
    if (!page.next) break;
    CHECK(*page.next == seen.back());
    CHECK(page.world.size() == 3);
    filter.after = *page.next;
  }
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < all_keys; ++i) expected.push_back(key(i));
  CHECK(seen == expected);
}

TEST_CASE("the page of a difference before another is found from its own keys, and not for whoever has left") {
  Affair affair;
  impose(affair);
  const Points points = around_the_year(affair);
  const ViewReader view = affair.reader("sanctions");
  std::size_t asked = 0, left_at = all_keys;
  RowFilter filter;
  filter.after = key(10);
  filter.wanted = [&] { return asked++ < left_at; };
  std::vector<std::string> keys;
  const auto look = [&] {
    asked = 0;
    keys.clear();
    return view.differing_back(points, Visibility::restricted, filter, [&](std::string_view one) {
      keys.emplace_back(one);
      return keys.size() < 3;
    });
  };
  REQUIRE(look());
  CHECK(keys == std::vector<std::string>{key(10), key(9), key(8)});
  CHECK(asked == 3);
  left_at = 1;
  REQUIRE(look());
  CHECK(keys == std::vector<std::string>{key(10)});
}
