#include <catch2/catch.hpp>

#include "tests/core/json/reading_lines.hpp"

// The rules of events.md, "Rules checked at the door", each with the message that a person gets.

using namespace chancery;
using namespace chancery::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("an unknown type is refused with the nearest that there is") {
  CHECK_THAT(
      refusal(action("prisoners.relased", "{}")),
      StartsWith(
          R"(type: found "prisoners.relased"; allowed: prisoners.released is near; all: letter.sent letter.delivered)"));
  CHECK_THAT(refusal(R"({"occurred":"2025"})"), StartsWith("type: found nothing;"));
  CHECK_THAT(refusal(R"({"type":5,"occurred":"2025"})"), StartsWith("type: found the number 5;"));
}

TEST_CASE("an unknown field is refused by name, wherever it stands") {
  CHECK_THAT(refusal(call(R"(,"sumary":"x")")),
             StartsWith("sumary: found an unknown field; allowed: summary is near; all: id stream type"));
  CHECK(refusal(release(R"(,"cuont":5)")) ==
        "data.cuont: found an unknown field; allowed: count is near; all: holder count persons foreign nationalities "
        "mode destination");
  CHECK_THAT(refusal(call(R"(,"coding":{"cameos":"01"})")), StartsWith("coding.cameos: found an unknown field;"));
  CHECK_THAT(refusal(call(R"(,"sources":[{"url":"a"},{"uri":"b"}])")),
             StartsWith("sources[1].uri: found an unknown field;"));
  CHECK_THAT(refusal(call(R"(,"actor":{"party":"state:USA","for":"x"})")),
             StartsWith("actor.for: found an unknown field;"));
}

TEST_CASE("a missing required field is refused by name, also where it is null or empty") {
  CHECK(refusal(action("prisoners.released", "{}")) ==
        "data.holder: found nothing; allowed: a value, which is required (who held them)");
  CHECK_THAT(refusal(action("call.held", R"({"participants":[]})")), StartsWith("data.participants: found nothing;"));
  CHECK_THAT(refusal(action("call.held", R"({"participants":null})")), StartsWith("data.participants: found nothing;"));
  CHECK_THAT(refusal(action("letter.sent", R"({"from":"state:USA","to":"state:BLR","asks":[{"about":"x"}]})")),
             StartsWith("data.asks[0].what: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"letter.sent","occurred":"2025"})"), StartsWith("data.from: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"call.held","data":{"participants":"state:USA"}})"),
             StartsWith("occurred: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"action.observed","occurred":"2025","data":{"text":"x"}})"),
             StartsWith("coding: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"action.observed","occurred":"2025","data":{"text":"x"},"coding":{"quad":null}})"),
             StartsWith("coding: found nothing;"));
}

TEST_CASE("a required text is not empty") {
  CHECK_THAT(refusal(action("agreement.reached", R"({"title":""})")), StartsWith("data.title: found an empty text;"));
  CHECK_THAT(refusal(action("flight.flown", R"({"from":"","to":"Vilnius"})")),
             StartsWith("data.from: found an empty text;"));
  CHECK_THAT(refusal(action("appeal.made", R"({"asks":[{"what":""}]})")),
             StartsWith("data.asks[0].what: found an empty text;"));
  CHECK_THAT(refusal(R"({"type":"record.retracted","retracts":"a","data":{"reason":""}})"),
             StartsWith("data.reason: found an empty text;"));
}

TEST_CASE("a wrong JSON type is refused with what was found and what is allowed") {
  CHECK(refusal(call(R"(,"summary":5)")) == "summary: found the number 5; allowed: text");
  CHECK_THAT(refusal(call(R"(,"actor":5)")), StartsWith("actor: found the number 5; allowed: a party, or an object"));
  CHECK_THAT(refusal(call(R"(,"tags":[["a"]])")), StartsWith("tags[0]: found a list;"));
  CHECK_THAT(refusal(call(R"(,"place":true)")), StartsWith("place: found true;"));
  CHECK_THAT(refusal(call(R"(,"ext":"x")")), StartsWith(R"(ext: found "x"; allowed: an object)"));
  CHECK_THAT(refusal(call(R"(,"coding":{"goldstein":"1.0"})")),
             StartsWith(R"(coding.goldstein: found "1.0"; allowed: a number)"));
  CHECK_THAT(refusal(call(R"(,"coding":{"cameo":41})")),
             StartsWith("coding.cameo: found the number 41; allowed: text"));
  CHECK_THAT(refusal(call(R"(,"sources":[{"official":"yes"}])")),
             StartsWith(R"(sources[0].official: found "yes"; allowed: true or false)"));
  CHECK_THAT(refusal(action("call.held", R"("x")")), StartsWith(R"(data: found "x"; allowed: an object)"));
  CHECK_THAT(refusal(action("letter.sent", R"({"from":"state:USA","to":"state:BLR","medium":"fax"})")),
             StartsWith(R"(data.medium: found "fax"; allowed: letter note email message)"));
  CHECK_THAT(refusal(action("list.observed", R"({"list":"a","entries":1.5})")),
             StartsWith("data.entries: found the number 1.5;"));
  CHECK_THAT(refusal(action("list.observed", R"({"list":"a","entries":-1})")),
             StartsWith("data.entries: found the number -1;"));
  CHECK_THAT(refusal("[1]"), StartsWith("line: found a list; allowed: a JSON object"));
  CHECK_THAT(refusal(call(R"(,"because_of":["a",null])")), StartsWith("because_of[1]: found null in a list;"));
  CHECK_THAT(refusal(call(R"(,"sources":[{}])")), StartsWith("sources[0]: found an object that says nothing;"));
}

TEST_CASE("a count is one number or two in order, whole, from 0 to 1e12") {
  const std::string rule =
      "; allowed: n or [low, high], whole numbers from 0 to 1e12, low not above high, high null for at least";
  CHECK(refusal(release(R"(,"count":[5,3])")) == "data.count: found [5,3]" + rule);
  CHECK(refusal(release(R"(,"count":-1)")) == "data.count: found the number -1" + rule);
  CHECK(refusal(release(R"(,"count":[-1,2])")) == "data.count: found [-1,2]" + rule);
  CHECK(refusal(release(R"(,"count":1.5)")) == "data.count: found the number 1.5" + rule);
  CHECK(refusal(release(R"(,"count":[1])")) == "data.count: found [1]" + rule);
  CHECK(refusal(release(R"(,"count":[null,1])")) == "data.count: found [null,1]" + rule);
  CHECK(refusal(release(R"(,"count":[1,[]])")) == "data.count: found [1,[]]" + rule);
  CHECK(refusal(release(R"(,"count":1000000000001)")) == "data.count: found the number 1000000000001" + rule);
  CHECK_THAT(refusal(release(R"(,"count":5,"nationalities":{"LTU":"two"})")),
             StartsWith(R"(data.nationalities.LTU: found "two";)"));
  CHECK(refusal(release(R"(,"count":1e12)")) == "taken");
  CHECK(refusal(release(R"(,"count":0)")) == "taken");
}

TEST_CASE("detentions and releases need a count, persons, or both") {
  CHECK_THAT(refusal(release("")), StartsWith("data.count: found neither a count nor persons;"));
  CHECK_THAT(refusal(action("prisoners.detained", R"({"holder":"state:BLR","foreign":2})")),
             StartsWith("data.count: found neither"));
  CHECK(refusal(release(R"(,"persons":"person:a")")) == "taken");
}

TEST_CASE("a count's low is not below the number of persons") {
  CHECK_THAT(refusal(release(R"(,"count":1,"persons":["person:a","person:b"])")),
             StartsWith("data.count: found 1, with 2 persons named;"));
  CHECK_THAT(refusal(release(R"(,"count":[1,5],"persons":["person:a","person:b"])")),
             StartsWith("data.count: found [1, 5], with 2"));
  CHECK(refusal(release(R"(,"count":2,"persons":["person:a","person:b"])")) == "taken");
}

TEST_CASE("foreigners and nationalities are not more than all") {
  CHECK(refusal(release(R"(,"count":5,"foreign":6)")) ==
        "data.foreign: found 6; allowed: a low of at most 5, count's high");
  CHECK_THAT(refusal(release(R"(,"count":[1,5],"foreign":[6,null])")), StartsWith("data.foreign: found [6, null];"));
  CHECK_THAT(refusal(release(R"(,"persons":["person:a"],"foreign":2)")),
             StartsWith("data.foreign: found 2; allowed: a low of at most 1, the number"));
  CHECK_THAT(refusal(release(R"(,"count":5,"nationalities":{"LTU":3,"POL":[3,9]})")),
             StartsWith("data.nationalities: found lows that add up to 6; allowed: a low of at most 5"));
  CHECK_THAT(refusal(release(R"(,"persons":["person:a"],"nationalities":{"LTU":2})")),
             StartsWith("data.nationalities: found lows that add up to 2;"));
  CHECK(refusal(release(R"(,"count":5,"foreign":[5,9],"nationalities":{"LTU":3,"POL":[2,9]})")) == "taken");
  CHECK(refusal(release(R"(,"count":[1,null],"foreign":9)")) == "taken");
}

TEST_CASE("a list with a party twice is refused, whatever it acts for") {
  CHECK_THAT(refusal(call(R"(,"actor":["state:USA","state:BLR","state:USA"])")),
             StartsWith(R"(actor[2]: found "state:USA" again;)"));
  CHECK_THAT(
      refusal(call(
          R"(,"recipient":[{"party":"person:a","on_behalf_of":"state:USA"},{"party":"person:a","on_behalf_of":"state:BLR"}])")),
      StartsWith(R"(recipient[1]: found "person:a" again;)"));
  CHECK_THAT(refusal(release(R"(,"persons":["person:a","person:a"])")), StartsWith("data.persons[1]:"));
  CHECK_THAT(refusal(action("statement.made", R"({"speaker":"state:USA","about":["org:x","org:x"]})")),
             StartsWith("data.about[1]:"));
  CHECK(refusal(action("statement.made", R"({"speaker":"state:USA","about":["trade","trade"]})")) == "taken");
  std::string many;
  for (int i = 0; i < 20; ++i) many += R"("org:o)" + std::to_string(i % 19) + R"(",)";
  CHECK_THAT(
      refusal(action("sanction.imposed", R"({"measure":"m","restrictions":["x"],"target":[)" + many + R"("org:z"]})")),
      StartsWith(R"(data.target[19]: found "org:o0" again;)"));
}

TEST_CASE("persons are parties of the kind person") {
  CHECK_THAT(refusal(release(R"(,"persons":["person:a","org:b"])")),
             StartsWith(R"(data.persons[1]: found "org:b"; allowed: a party of the kind person)"));
  CHECK_THAT(refusal(action("prisoner.reported", R"({"holder":"state:BLR","person":"org:b","status":"held"})")),
             StartsWith("data.person:"));
}

TEST_CASE("an EDTF string outside the supported forms is refused") {
  CHECK_THAT(refusal(R"({"type":"call.held","occurred":"2025-9-11","data":{"participants":"state:USA"}})"),
             StartsWith(R"(occurred: found "2025-9-11";)"));
  CHECK_THAT(refusal(call(R"(,"sources":{"url":"a","published":"11 Sep"})")),
             StartsWith(R"(sources[0].published: found "11 Sep";)"));
  CHECK_THAT(refusal(action("commitment.made", R"({"commitment":"c","by":"state:USA","what":"x","due":"2025/.."})")),
             StartsWith("data.due:"));
  CHECK_THAT(refusal(action("commitment.made", R"({"commitment":"c","by":"state:USA","what":"x","due":"9999"})")),
             StartsWith("data.due:"));
  CHECK_THAT(refusal(action("sanction.eased", R"({"measure":"m","until":"soon"})")), StartsWith("data.until:"));
  CHECK_THAT(refusal(action("sanction.imposed",
                            R"({"measure":"m","target":"org:x","restrictions":"y","expires":"2025-02-30"})")),
             StartsWith("data.expires:"));
  CHECK(refusal(call(R"(,"sources":{"url":"a","published":"2025-09/.."})")) == "taken");
}

TEST_CASE("unknown zones, ISO codes and grades are refused") {
  CHECK_THAT(refusal(call(R"(,"zone":"Europe/Minks")")),
             StartsWith(R"(zone: found "Europe/Minks"; allowed: a zone of the IANA)"));
  CHECK_THAT(refusal(call(""), ReadOptions{.zone = "Nowhere"}), StartsWith(R"(zone: found "Nowhere";)"));
  CHECK_THAT(refusal(action("party.described", R"({"party":"org:x","nationality":["BLR","BY"]})")),
             StartsWith(R"(data.nationality[1]: found "BY";)"));
  CHECK_THAT(refusal(release(R"(,"count":5,"nationalities":{"ltu":2})")),
             StartsWith(R"(data.nationalities.ltu: found "ltu";)"));
  CHECK_THAT(refusal(call(R"(,"place":{"country":"XX"})")), StartsWith(R"(place.country: found "XX";)"));
  CHECK_THAT(refusal(call(R"(,"sources":[{"url":"a","grade":"A1"},{"url":"b","grade":"G1"}])")),
             StartsWith(R"(sources[1].grade: found "G1";)"));
  CHECK_THAT(refusal(call(R"(,"sources":{"url":"b","grade":"A7"})")), StartsWith("sources[0].grade:"));
  CHECK(refusal(call(R"(,"sources":{"url":"b","grade":"F6"})")) == "taken");
}

TEST_CASE("malformed parties, slugs, ids and streams are refused") {
  CHECK(refusal(call(R"(,"actor":"state:blr")")) == R"(actor: found "state:blr"; allowed: state:BLR)");
  CHECK_THAT(refusal(call(R"(,"actor":"planet:mars")")),
             StartsWith(R"(actor: found "planet:mars"; allowed: kind:slug)"));
  CHECK_THAT(refusal(call(R"(,"actor":{"party":"person:a","on_behalf_of":"USA"})")),
             StartsWith(R"(actor.on_behalf_of: found "USA";)"));
  CHECK_THAT(refusal(action("commitment.broken", R"({"commitment":"a/b"})")),
             StartsWith(R"(data.commitment: found "a/b";)"));
  CHECK_THAT(refusal(action("sanction.lifted", R"({"measure":"a//b"})")), StartsWith(R"(data.measure: found "a//b";)"));
  CHECK_THAT(refusal(action("letter.delivered", R"({"letter":"pos:5"})")),
             StartsWith(R"(data.letter: found "pos:5";)"));
  CHECK_THAT(refusal(call(R"(,"because_of":["a/../b"])")), StartsWith(R"(because_of[0]: found "a/../b";)"));
  CHECK_THAT(refusal(call(R"(,"stream":"a b")")), StartsWith(R"(stream: found "a b";)"));
  CHECK_THAT(refusal(call(R"(,"stream":"")")), StartsWith("stream: found an empty text;"));
  CHECK_THAT(refusal(action("flight.flown", R"({"from":"state:BL","to":"Vilnius"})")),
             StartsWith(R"(data.from: found "state:BL";)"));
  CHECK(refusal(action("flight.flown", R"({"from":"route: Minsk","to":"Vilnius"})")) == "taken");
}

TEST_CASE("coding and places stay in their ranges") {
  CHECK_THAT(refusal(call(R"(,"coding":{"quad":5})")), StartsWith("coding.quad: found the number 5; allowed: 1 to 4"));
  CHECK_THAT(refusal(call(R"(,"coding":{"quad":0})")), StartsWith("coding.quad: found the number 0;"));
  CHECK_THAT(refusal(call(R"(,"place":{"lat":90.5})")),
             StartsWith("place.lat: found the number 90.5; allowed: -90 to 90 degrees"));
  CHECK_THAT(refusal(call(R"(,"place":{"lon":-181})")), StartsWith("place.lon: found the number -181;"));
  CHECK(refusal(call(R"(,"place":{"lat":-90,"lon":180.0},"coding":{"quad":4.0})")) == "taken");
}

TEST_CASE("what belongs to a kind of event stands in no other") {
  CHECK_THAT(refusal(call(R"(,"retracts":"a")")),
             StartsWith(R"(retracts: found "a"; allowed: nothing, except in record.retracted)"));
  CHECK_THAT(refusal(call(R"(,"supports":"a")")),
             StartsWith(R"(supports: found "a"; allowed: nothing, except in record.sourced)"));
  const std::string retracted = R"({"type":"record.retracted","retracts":"a","data":{"reason":"x"})";
  CHECK(refusal(retracted + "}") == "taken");
  CHECK_THAT(refusal(retracted + R"(,"occurred":"2025"})"),
             StartsWith(R"(occurred: found "2025"; allowed: nothing in record.retracted)"));
  CHECK_THAT(refusal(retracted + R"(,"corrects":"b"})"), StartsWith("corrects:"));
  CHECK_THAT(refusal(retracted + R"(,"disputes":"b"})"), StartsWith("disputes:"));
  CHECK_THAT(refusal(retracted + R"(,"supports":"b"})"), StartsWith("supports:"));
  CHECK_THAT(refusal(R"({"type":"record.retracted","data":{"reason":"x"}})"), StartsWith("retracts: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"record.sourced","sources":"u"})"), StartsWith("supports: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"record.sourced","supports":"a"})"), StartsWith("sources: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"record.sourced","supports":"a","sources":"u","retracts":"b"})"),
             StartsWith("retracts:"));
  CHECK(refusal(R"({"type":"record.sourced","supports":"a","sources":"u"})") == "taken");
}

TEST_CASE("a key twice in one object is refused, compared as what it says") {
  CHECK(refusal(call(R"(,"tags":"a","tags":"b")")) == "tags: found the key twice; allowed: each key once in an object");
  CHECK_THAT(refusal(call(R"(,"tags":null,"t\u0061gs":"b")")), StartsWith("tags: found the key twice;"));
  CHECK_THAT(refusal(release(R"(,"count":5,"count":5)")), StartsWith("data.count: found the key twice;"));
  CHECK_THAT(refusal(release(R"(,"count":5,"nationalities":{"LTU":1,"LTU":null})")),
             StartsWith("data.nationalities.LTU: found the key twice;"));
  CHECK_THAT(refusal(call(R"(,"ext":{"a":[{"b":1,"\u0062":1}]})")), StartsWith("ext.a[0].b: found the key twice;"));
  CHECK_THAT(refusal(action("action.observed", R"({"text":"x","n":1,"n":1})", R"(,"coding":{"quad":1})")),
             StartsWith("data.n: found the key twice;"));
  CHECK_THAT(refusal(action("party.described", R"({"party":"org:x","identifiers":{"a":"1","a":"2"}})")),
             StartsWith("data.identifiers.a:"));
  CHECK_THAT(refusal(call(R"(,"position":null,"position":null)")), StartsWith("position: found the key twice;"));
}

TEST_CASE("U+0000 is refused in every text") {
  CHECK(refusal(call(R"(,"summary":"a\u0000b")")) == "summary: found the character U+0000; allowed: text without it");
  CHECK_THAT(refusal(call(R"(,"ext":{"a":{"b\u0000":1}})")), StartsWith("ext.a: found the character U+0000;"));
  CHECK_THAT(refusal(call(R"(,"ext":{"a":["\u0000"]})")), StartsWith("ext.a[0]:"));
  CHECK_THAT(refusal(action("party.described", R"({"party":"org:x","identifiers":{"a":"\u0000"}})")),
             StartsWith("data.identifiers.a:"));
  CHECK(refusal(call(R"(,"summary":"a\\u0000b")")) == "taken");
}

TEST_CASE("a whole number beyond 64 bits is refused anywhere") {
  CHECK(refusal(call(R"(,"ext":{"n":[18446744073709551616]})")) ==
        "ext.n[0]: found the whole number 18446744073709551616, beyond 64 bits; allowed: -9223372036854775808 to "
        "18446744073709551615");
  CHECK_THAT(refusal(call(R"(,"ext":{"n":-9223372036854775809})")),
             StartsWith("ext.n: found the whole number -9223372036854775809"));
  CHECK_THAT(refusal(call(R"(,"coding":{"goldstein":99999999999999999999})")), StartsWith("coding.goldstein:"));
  CHECK(refusal(call(R"(,"ext":{"n":[18446744073709551615,-9223372036854775808]})")) == "taken");
}

TEST_CASE("what is not JSON is refused with where it goes wrong") {
  CHECK_THAT(refusal(""), StartsWith("line: found nothing;"));
  CHECK_THAT(refusal(R"({"type":"call.held")"), StartsWith("line: found the end of the line; allowed: a comma or }"));
  CHECK_THAT(refusal(R"({"a":{"b":tru}})"), StartsWith("a.b: found 't' at byte 11;"));
  CHECK_THAT(refusal(R"({"a":01})"), StartsWith("a: found a number that begins with 0"));
  CHECK_THAT(refusal(R"({"a":1.})"), StartsWith("a: found '}' at byte 8; allowed: digits after the point"));
  CHECK_THAT(refusal(R"({"a":1e400})"), StartsWith("a: found the number 1e400;"));
  CHECK_THAT(refusal(R"({"a":1} x)"), StartsWith("line: found more after its end, at byte 9;"));
  CHECK_THAT(refusal(R"({"a":["\ud83d"]})"), StartsWith("a[0]: found half of a surrogate pair, \\ud83d, at byte 8;"));
  CHECK_THAT(refusal(R"({"a":"\udc00"})"), StartsWith("a: found half of a surrogate pair"));
  CHECK_THAT(refusal(R"({"a":"\x"})"), StartsWith("a: found an escape that JSON does not have, at byte 7;"));
  CHECK_THAT(refusal("{\"a\":\"\t\"}"), StartsWith("a: found the control character U+0009 at byte 7;"));
  CHECK(refusal("{\"a\":\"\xff\"}") == "line: found a byte that is not UTF-8, at byte 7; allowed: UTF-8");
  CHECK_THAT(refusal("{\"a\":" + std::string(2000, '[')),
             Contains("found deeper nesting; allowed: at most 1024 levels"));
}

TEST_CASE("output fields are refused unless they are asked for") {
  for (const std::string field :
       {R"("position":1)", R"("revision":0)", R"("recorded_by":"a")", R"("recorded_at":"2025-09-11T10:00:00Z")"}) {
    CHECK_THAT(refusal(call("," + field)), Contains("--preserve-recorded-at"));
    CHECK(refusal(call("," + field), {.preserve_recorded = true}) == "taken");
  }
  CHECK(refusal(call(R"(,"position":null)")) == "taken");
  const auto given =
      read_line(call(R"(,"position":7,"revision":3,"recorded_by":"ann","recorded_at":"2025-09-11T10:00:00.5Z")"),
                {.preserve_recorded = true});
  REQUIRE(given.has_value());
  CHECK(given->recorded_by == "ann");
  CHECK(format_instant(*given->recorded_at) == "2025-09-11T10:00:00.500000Z");
  CHECK_THAT(refusal(call(R"(,"recorded_at":"yesterday")"), {.preserve_recorded = true}),
             StartsWith(R"(recorded_at: found "yesterday";)"));
}

TEST_CASE("a line is at most 64,000 bytes without its end and its output fields") {
  const auto padded = [](std::size_t size, const std::string& output) {
    std::string line = call(R"(,"summary":")");
    line.insert(line.size() - 1, "\"");
    line.insert(line.size() - 2, std::string(size - line.size(), 'a'));
    line.insert(line.size() - 1, output);
    return line;
  };
  const ReadOptions preserve{.preserve_recorded = true};
  CHECK(padded(64'000, "").size() == 64'000);
  CHECK(refusal(padded(64'000, "")) == "taken");
  CHECK_THAT(refusal(padded(64'001, "")), StartsWith("line: found 64001 bytes; allowed: at most 64000"));
  const std::string output = R"(, "position" : 7, "recorded_at" : "2025-09-11T10:00:00Z")";
  CHECK(refusal(padded(63'970, output), preserve) == "taken");
  CHECK_THAT(refusal(padded(63'995, output), preserve), StartsWith("line: found 64001 bytes;"));  // white space counts
  CHECK_THAT(refusal(std::string(10'000'000, ' ')), StartsWith("line: found 10000000 bytes;"));
}

TEST_CASE("what the ledger shows of a line of 64,000 bytes can be recorded again") {
  std::string line = call(R"(,"summary":")");
  line.insert(line.size() - 1, "\"");
  line.insert(line.size() - 2, std::string(64'000 - line.size(), 'a'));
  const Result<Given> given = EventReader().read(line);
  REQUIRE(given);
  std::string shown;
  write_event(shown, given->event);
  REQUIRE(shown.size() > 64'000);
  CHECK_THAT(refusal(shown), StartsWith("line: found "));
  const ReadOptions preserve{.preserve_recorded = true};
  CHECK(refusal(shown, preserve) == "taken");
  CHECK_THAT(refusal(shown.insert(1, " "), preserve), StartsWith("line: found "));
}

TEST_CASE("a Goldstein value far off its scale, which could not be summed, is refused") {
  CHECK(refusal(call(R"(,"coding":{"goldstein":-12.5})")) == "taken");
  CHECK_THAT(refusal(call(R"(,"coding":{"goldstein":1e300})")), StartsWith("coding.goldstein: found the number 1e300; allowed: -1000000 to"));
}
