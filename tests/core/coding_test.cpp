#include "core/coding.hpp"

#include <catch2/catch.hpp>

using namespace chancery;

TEST_CASE("tenths are rounded on the decimal as written, half away from zero") {
  const std::vector<std::pair<std::string, std::int64_t>> samples{
      {"0", 0},         {"1.0", 10}, {"-0.3", -3},  {"4.85", 49},  {"-7.75", -78},      {"0.05", 1},  {"0.049999", 0},
      {"-0.05", -1},    {"7e0", 70}, {"0.7e1", 70}, {"75e-1", 75}, {"1E+1", 100},       {"-0", 0},    {"0.0e5", 0},
      {"1e-1", 1},      {"5e-2", 1}, {"49e-3", 0},  {"1e-400", 0}, {"2.449999999", 24}, {"2.45", 25}, {"10", 100},
      {"12345", 123450}};
  for (const auto& [text, tenfold] : samples) {
    INFO(text);
    CHECK(tenths(Decimal{text}) == tenfold);
  }
}

TEST_CASE("tenths end at the range of 64 bits") {
  CHECK(tenths(Decimal{"1e300"}) == std::numeric_limits<std::int64_t>::max());
  CHECK(tenths(Decimal{"-1e300"}) == std::numeric_limits<std::int64_t>::min());
  CHECK(tenths(Decimal{"1e99999999999999999999"}) == std::numeric_limits<std::int64_t>::max());
  CHECK(tenths(Decimal{"1e-99999999999999999999"}) == 0);
}
