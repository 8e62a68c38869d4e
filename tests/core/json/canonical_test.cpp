#include "core/json/canonical.hpp"

#include <fmt/format.h>

#include <bit>
#include <catch2/catch.hpp>

using namespace chancery;

namespace {

std::string canonical(std::string_view json) {
  std::string out;
  append_canonical(out, json);
  return out;
}

std::string exact(std::string_view json) {
  std::string out;
  append_exact(out, json);
  return out;
}

}  // namespace

TEST_CASE("canonical numbers are the samples of RFC 8785, appendix B") {
  const std::vector<std::pair<std::uint64_t, std::string>> samples{
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& [bits, printed] : samples)
    CHECK(canonical(fmt::format("{:.17g}", std::bit_cast<double>(bits))) == printed);
}

TEST_CASE("canonical members are sorted by the UTF-16 of their names") {
  CHECK(
      canonical(
          R"({"\u20ac":"Euro","\r":"Return","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Grin","\u0080":"Control","\u00f6":"o"})") ==
      "{\"\\r\":\"Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"o\",\"\u20ac\":\"Euro\",\"\U0001F600\":"
      "\"Grin\",\"\ufb33\":\"Dalet\"}");
  CHECK(canonical(R"({"ab":1,"a":{"c":[],"b":{}},"":0})") == R"({"":0,"a":{"b":{},"c":[]},"ab":1})");
}

TEST_CASE("canonical text has the fewest escapes and no space") {
  CHECK(canonical("[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",true ,null, false]") ==
        "[\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",true,null,false]");
  CHECK(canonical("\"\\b\\f\\t\\u001f\\u007f\"") == "\"\\b\\f\\t\\u001f\x7f\"");
}

TEST_CASE("exact numbers are equal if and only if they are the same number") {
  CHECK(exact("[1,1.0,10e-1,0.1e+1,100E-2]") == "[1e0,1e0,1e0,1e0,1e0]");
  CHECK(exact("[0,-0,0.0,0e9]") == "[0,0,0,0]");
  CHECK(exact_number("9007199254740993") != exact_number("9007199254740992"));
  CHECK(exact_number("0.1") != exact_number("0.1000000000000000055511151231257827"));
  CHECK(exact_number("-12.50") == "-125e-1");
  CHECK(exact_number("1e2") == exact_number("100"));
}
