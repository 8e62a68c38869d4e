#include <catch2/catch.hpp>

#include "core/json/canonical.hpp"
#include "core/uuid.hpp"
#include "tests/core/json/reading_lines.hpp"

// What an event is called where it names no id, and when two contents are the same.

using namespace chancery;
using namespace chancery::test;

TEST_CASE("an absent id is the UUIDv5 of the canonical full form") {
  // Worked out by another program from the canonical text
  // {"actor":["state:BLR"],"data":{"count":52,"holder":"state:BLR","mode":"pardon"},"ext":{"a":"x\ny","b":[1,0.5,1e+21]},
  // "occurred":"2025-09-11","sources":[{"url":"https://example.org/(o
  // umlaut)"}],"type":"prisoners.released","zone":"Europe/Minsk"}
  const std::string line =
      R"({"type":"prisoners.released","data":{"mode":"pardon","holder":"state:BLR","count":52.0},"occurred":"2025-09-11",)"
      R"("ext":{"b":[1.0,0.5,1e21],"a":"x\ny"},"sources":"https://example.org/\u00f6","actor":"state:BLR","zone":"Europe/Minsk"})";
  CHECK(event_of(line).id.text == "c0868275-1759-5980-a956-424bdd2cefb9");
  CHECK(event_of(line).stream == "state:BLR");
}

TEST_CASE("output fields do not change the id, a zone that is written in does") {
  const std::string line = R"({"type":"call.held","occurred":"2025","data":{"participants":"state:USA"})";
  const std::string id = event_of(line + "}").id.text;
  CHECK(
      event_of(line + R"(,"position":7,"recorded_at":"2025-09-11T10:00:00Z"})", {.preserve_recorded = true}).id.text ==
      id);
  CHECK(event_of(line + "}", {.zone = "Europe/Minsk"}).id.text ==
        event_of(line + R"(,"zone":"Europe/Minsk"})").id.text);
  CHECK(event_of(line + "}", {.zone = "Europe/Minsk"}).id.text != id);
  CHECK(event_of(line + R"(,"stream":"actions"})").id.text != id);
}

TEST_CASE("a fresh id is a UUIDv7 and never the same") {
  const std::string line = R"({"type":"record.retracted","retracts":"a","data":{"reason":"x"}})";
  const auto first = event_of(line, {.fresh_id = true}).id.text, second = event_of(line, {.fresh_id = true}).id.text;
  CHECK(is_uuid(first));
  CHECK(first[14] == '7');
  CHECK(first != second);
}

TEST_CASE("UUIDs are those of RFC 9562") {
  CHECK(uuid_of_name("http://www.example.com/") == "fcde3c85-2270-590f-9e7c-ee003d65e0e2");
  // The example of RFC 9562, appendix A.6.
  CHECK(uuid_of_time(0x017F22E279B0, {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}) ==
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

namespace {

bool same_content(std::string_view left, std::string_view right) {
  return content_digest(event_of(left)) == content_digest(event_of(right));
}

}  // namespace

TEST_CASE("contents that are equal as JSON values are the same content") {
  CHECK(same_content(call(R"(,"zone":"UTC","visibility":"public")"), call("")));
  CHECK(same_content(call(R"(,"ext":{"a":1,"b":[1.0,"\u00e9"]})"), call(R"(,"ext":{"b":[1,"é"],"a":10e-1})")));
  CHECK(same_content(call(R"(,"coding":{"goldstein":1.50,"quad":1})"),
                     call(R"(,"coding":{"quad":1.0,"goldstein":1.5})")));
  CHECK(same_content(call(R"(,"place":{"lat":53.90})"), call(R"(,"place":{"lat":53.9})")));
  CHECK(same_content(call(R"(,"actor":"state:USA")"), call(R"(,"actor":[{"party":"state:USA"}])")));
  const std::string coded = R"(,"coding":{"quad":1})";
  CHECK(same_content(action("action.observed", R"({"text":"t","a":1,"b":{"y":0,"x":-0.0}})", coded),
                     action("action.observed", R"({"b":{"x":0,"y":0},"a":1.0,"text":"t"})", coded)));
}

TEST_CASE("contents that differ in anything are not the same") {
  CHECK_FALSE(same_content(call(""), call(R"(,"summary":"")")));
  CHECK_FALSE(same_content(call(""), call(R"(,"zone":"Etc/UTC")")));
  CHECK_FALSE(same_content(call(""), call(R"(,"visibility":"partner")")));
  CHECK_FALSE(same_content(call(""), call(R"(,"stream":"other")")));
  CHECK_FALSE(same_content(call(R"(,"ext":{"a":9007199254740993})"), call(R"(,"ext":{"a":9007199254740992})")));
  CHECK_FALSE(same_content(call(R"(,"ext":{"a":"1"})"), call(R"(,"ext":{"a":1})")));
  CHECK_FALSE(same_content(call(R"(,"ext":{"a":[1,2]})"), call(R"(,"ext":{"a":[2,1]})")));
  CHECK_FALSE(same_content(release(R"(,"count":[5,5])"), release(R"(,"count":5)")));
  CHECK_FALSE(same_content(call(R"(,"tags":["a","b"])"), call(R"(,"tags":["b","a"])")));
}
