#include "core/names.hpp"

#include <catch2/catch.hpp>

using namespace chancery;

TEST_CASE("a party is a kind and a slug, a state an ISO code in capitals") {
  for (const std::string good : {"state:BLR", "state:SUN", "state:XKX", "polity:abkhazia", "person:p-0412",
                                 "org:a.b_c-d", "group:x", "aircraft:ew-001pa", "vessel:9"}) {
    CHECK(parse_party("f", good)->text == good);
  }
  for (const std::string bad :
       {"", "state:", "state:BY", "state:blr", "state:ZZZ", "person:", "person:Ann", "person:a b", "person:a/b",
        "planet:mars", "belavia", ":x", "person:a:b", "State:BLR"}) {
    CHECK_FALSE(parse_party("f", bad));
  }
  CHECK(parse_party("f", "person:" + std::string(64, 'a')));
  CHECK_FALSE(parse_party("f", "person:" + std::string(65, 'a')));
  CHECK(parse_party("f", "state:usa").error().allowed == "state:USA");
  CHECK(kind_of(Party{"person:a"}) == "person");
  CHECK(kind_of(Party{""}) == "");
}

TEST_CASE("a text looks like a party if it begins with a party's kind and a colon") {
  CHECK(looks_like_party("state:nowhere"));
  CHECK(looks_like_party("org:"));
  CHECK_FALSE(looks_like_party("Minsk"));
  CHECK_FALSE(looks_like_party("note: state:BLR"));
}

TEST_CASE("a slug has 1 to 64 characters, a measure or list 1 to 128 and slashes inside") {
  CHECK(parse_slug("f", "a.b_c-9"));
  CHECK(parse_slug("f", std::string(64, 'a')));
  for (const std::string bad : {"", "A", "a/b", "a b", "\xc3\xa9"}) CHECK_FALSE(parse_slug("f", bad));
  CHECK_FALSE(parse_slug("f", std::string(65, 'a')));
  CHECK(parse_long_slug("f", "usa/belavia/x"));
  CHECK(parse_long_slug("f", std::string(128, 'a')));
  for (const std::string bad : {"", "/a", "a/", "a//b", "A/b", "/"}) CHECK_FALSE(parse_long_slug("f", bad));
  CHECK_FALSE(parse_long_slug("f", std::string(129, 'a')));
}

TEST_CASE("an id is a label or a UUID in lower case") {
  for (const std::string good : {"minsk/release", "a", "9", "A:b@c-d_e.f", "a/b/c", "apos:1", "a/...", "a.b"})
    CHECK(parse_id("f", good)->text == good);
  for (const std::string bad :
       {"", "/a", "a/", "a//b", "a/./b", "a/..", "..", "-a", ".a", "_a", "pos:1", "a b", "a>b", "\xc3\xa9"}) {
    CHECK_FALSE(parse_id("f", bad));
  }
  CHECK(parse_id("f", std::string(64, 'a')));
  CHECK_FALSE(parse_id("f", std::string(65, 'a')));
  CHECK(parse_id("f", "C3139EF7-70CA-4F5F-BD7E-7F396CD1E15E")->text == "c3139ef7-70ca-4f5f-bd7e-7f396cd1e15e");
  CHECK(parse_id("f", "C3139EF7-70CA-4F5F-BD7E-7F396CD1E15G")->text == "C3139EF7-70CA-4F5F-BD7E-7F396CD1E15G");
  CHECK(is_uuid("c3139ef7-70ca-4f5f-bd7e-7f396cd1e15e"));
  CHECK_FALSE(is_uuid("c3139ef770ca4f5fbd7e7f396cd1e15e"));
}

TEST_CASE("a stream has 1 to 256 characters") {
  CHECK(parse_stream("f", "state:USA@state:BLR/minsk>x"));
  CHECK(parse_stream("f", std::string(256, 'a')));
  CHECK_FALSE(parse_stream("f", std::string(257, 'a')));
  CHECK_FALSE(parse_stream("f", ""));
  CHECK_FALSE(parse_stream("f", "a b"));
}

TEST_CASE("countries are those of ISO 3166-1, the former ones of 3166-3, and XKX") {
  for (const auto code : {"ABW", "BLR", "USA", "ZWE", "SUN", "YUG", "DDR", "CSK", "SCG", "XKX", "ATF"})
    CHECK(country_exists(code));
  for (const auto code : {"", "BY", "blr", "XXX", "ZZZ", "EUR", "BLRA"}) CHECK_FALSE(country_exists(code));
}

TEST_CASE("a refused name is told with its field, what was found and what is allowed") {
  CHECK(parse_slug("data.city", "New York").error().message() ==
        "data.city: found \"New York\"; allowed: 1 to 64 of a-z 0-9 . _ -");
}
