#include <catch2/catch.hpp>

#include "tests/core/json/reading_lines.hpp"

// "Lenient in, strict out": what may be given, and the full form of it.

using namespace chancery;
using namespace chancery::test;
using Catch::Matchers::StartsWith;

TEST_CASE("one value stands for a list of one") {
  CHECK(full_form(call(R"(,"actor":"state:USA","tags":"a","because_of":"x","sources":"https://a")")) ==
        R"({"id":"x/1","stream":"actions","type":"call.held","occurred":"2025-09-11","actor":["state:USA"],)"
        R"("data":{"participants":["state:USA"]},"sources":[{"url":"https://a"}],"because_of":["x"],"tags":["a"]})");
  CHECK(full_form(action("letter.sent", R"({"from":"state:USA","to":"state:BLR","asks":{"what":"release"}})")) ==
        full_form(action("letter.sent", R"({"from":"state:USA","to":"state:BLR","asks":[{"what":"release"}]})")));
  CHECK(full_form(action("call.held", R"({"participants":"state:USA"})")) == full_form(call("")));
}

TEST_CASE("null, an empty list and an empty object are as absent") {
  const std::string plain = full_form(call(""));
  for (const std::string nothing : {"null", "[]", "{}", " [ ] "}) {
    CHECK(full_form(call(R"(,"zone":)" + nothing + R"(,"actor":)" + nothing + R"(,"place":)" + nothing +
                         R"(,"coding":)" + nothing + R"(,"ext":)" + nothing + R"(,"sources":)" + nothing +
                         R"(,"summary":)" + nothing + R"(,"stream":)" + nothing)) == plain);
  }
  CHECK(full_form(call(R"(,"place":{"name":null},"coding":{"context":[]})")) == plain);
  CHECK(full_form(release(R"(,"count":5,"persons":[],"nationalities":{"LTU":null},"mode":null)")) ==
        full_form(release(R"(,"count":5)")));
  CHECK(
      full_form(
          R"({"id":"x","type":"record.sourced","supports":"a","sources":"u","data":{"note":null},"occurred":null})") ==
      R"({"id":"x","type":"record.sourced","sources":[{"url":"u"}],"supports":"a"})");
}

TEST_CASE("nothing inside ext and the free fields of action.observed is as absent") {
  CHECK(event_of(call(R"(,"ext":{ "a" : null, "b":[ ], "c":{}, "n":1.50e+1, "s":"\u00e9 x" })")).ext.text ==
        R"({"a":null,"b":[],"c":{},"n":1.50e+1,"s":"\u00e9 x"})");
  const auto observed = event_of(
      action("action.observed", R"({"n":null,"text":"t","m":[{}, 1.0],"\u0061":""})", R"(,"coding":{"quad":1})"));
  CHECK(observed.as<ActionObserved>()->rest.text == R"({"n":null,"m":[{},1.0],"a":""})");
  CHECK(observed.stream == "actions");
}

TEST_CASE("a whole number may be written with a fraction of zero or an exponent") {
  CHECK(full_form(release(R"(,"count":52.0)")) == full_form(release(R"(,"count":52)")));
  CHECK(full_form(release(R"(,"count":[1e3,2E3])")) == full_form(release(R"(,"count":[1000,2000])")));
  CHECK(event_of(action("list.observed", R"({"list":"a","entries":5.0})")).as<ListObserved>()->entries == 5);
  CHECK(
      event_of(action("list.observed", R"({"list":"a","entries":18446744073709551615})")).as<ListObserved>()->entries ==
      18446744073709551615U);
  CHECK(event_of(call(R"(,"coding":{"quad":2.0})")).coding->quad == 2U);
}

TEST_CASE("a whole number is the one that is written, however many digits it has") {
  const auto entries = [](const std::string& number) { return action("list.observed", R"({"list":"a","entries":)" + number + "}"); };
  CHECK(event_of(entries("9007199254740993.0")).as<ListObserved>()->entries == 9007199254740993U);
  CHECK(event_of(entries("1844674407370955161.5e1")).as<ListObserved>()->entries == 18446744073709551615U);
  CHECK(event_of(entries("0.0e400")).as<ListObserved>()->entries == 0U);
  CHECK(event_of(entries("1000000000000000000000000e-20")).as<ListObserved>()->entries == 10000U);
  for (const std::string number : {"52.00000000000000001", "0.99999999999999999999", "1e-400", "18446744073709551616.0", "2e19", "-1.0", "1e300", "4503599627370496.5"}) {
    CHECK_THAT(refusal(entries(number)), StartsWith("data.entries: found the number " + number + "; allowed: a whole number"));
    CHECK_THAT(refusal(release(R"(,"count":)" + number)), StartsWith("data.count: found the number " + number + "; allowed: n or [low, high]"));
    CHECK_THAT(refusal(release(R"(,"count":[0,)" + number + "]")), StartsWith("data.count: found [0," + number + "]; allowed:"));
  }
}

TEST_CASE("a number is within its range to its last digit") {
  for (const std::string good : {"1000000", "1e6", "-1000000.0", "0", "-0.0", "999999.99999999999999999999"}) {
    CHECK(refusal(call(R"(,"coding":{"goldstein":)" + good + "}")) == "taken");
  }
  for (const std::string bad : {"1000000.04", "1000000.00000000000000000001", "-1000000.00000000000000000001", "1e7", "-2e6"}) {
    CHECK_THAT(refusal(call(R"(,"coding":{"goldstein":)" + bad + "}")), StartsWith("coding.goldstein: found the number " + bad));
  }
  CHECK_THAT(refusal(call(R"(,"place":{"lat":90.00000000000000001,"lon":0})")), StartsWith("place.lat: found the number 90.00000000000000001"));
  CHECK(refusal(call(R"(,"place":{"lat":-90.0,"lon":1.8e2})")) == "taken");
}

TEST_CASE("a party object with nothing but party is that string") {
  CHECK(full_form(call(R"(,"actor":{"party":"state:USA","role":null})")) ==
        full_form(call(R"(,"actor":["state:USA"])")));
  CHECK(event_of(call(R"(,"actor":{"party":"person:a","role":"envoy"})")).actor.front().role == "envoy");
}

TEST_CASE("numbers that are kept as written are kept to the digit") {
  const auto event = event_of(call(R"(,"place":{"lat": 53.90 ,"lon":2.755E1},"coding":{"goldstein":-0.30})"));
  CHECK(event.place->lat->text == "53.90");
  CHECK(event.place->lon->text == "2.755E1");
  CHECK(event.coding->goldstein->text == "-0.30");
}

TEST_CASE("a place is text or an object, and shown as it was given") {
  CHECK(full_form(call(R"(,"place":"Minsk")")).find(R"("place":"Minsk")") != std::string::npos);
  CHECK(full_form(call(R"(,"place":{"name":"Minsk"})")).find(R"("place":{"name":"Minsk"})") != std::string::npos);
}

TEST_CASE("a count is shown as it was given, one number or two") {
  CHECK(full_form(release(R"(,"count":5)")).find(R"("count":5)") != std::string::npos);
  CHECK(full_form(release(R"(,"count":[5,5])")).find(R"("count":[5,5])") != std::string::npos);
  CHECK(full_form(release(R"(,"count":[5,null])")).find(R"("count":[5,null])") != std::string::npos);
}

TEST_CASE("UUIDs are taken in any case and shown in lower case") {
  const std::string upper = "C3139EF7-70CA-4F5F-BD7E-7F396CD1E15E", lower = "c3139ef7-70ca-4f5f-bd7e-7f396cd1e15e";
  const auto event = event_of(R"({"id":")" + upper +
                              R"(","type":"letter.delivered","occurred":"2025","data":{"letter":")" + upper + R"("}})");
  CHECK(event.id.text == lower);
  CHECK(event.stream == lower);
}

TEST_CASE("a carriage return at the end of a line is no part of it") {
  CHECK(full_form(call("") + "\r") == full_form(call("")));
}

TEST_CASE("a zone that is asked for is written into events that have a date and name none") {
  const ReadOptions minsk{.zone = "Europe/Minsk"};
  CHECK(event_of(call(""), minsk).zone == "Europe/Minsk");
  CHECK(event_of(call(R"(,"zone":"Asia/Tokyo")"), minsk).zone == "Asia/Tokyo");
  CHECK_FALSE(event_of(R"({"type":"record.retracted","retracts":"a","data":{"reason":"x"}})", minsk).zone);
  CHECK(format_instant(read_line(call(""), minsk)->earliest) == "2025-09-10T21:00:00Z");
  CHECK(read_line(call(""), minsk)->local_month == 2025 * 12 + 8);
}

TEST_CASE("a stream that is not given comes from the payload") {
  const auto stream = [](std::string_view type, std::string_view data) { return event_of(action(type, data)).stream; };
  CHECK(stream("sanction.lifted", R"({"measure":"usa/belavia"})") == "usa/belavia");
  CHECK(stream("prisoner.reported", R"({"holder":"state:BLR","person":"person:a","status":"held"})") == "state:BLR");
  CHECK(stream("mission.opened", R"({"sender":"state:USA","host":"state:BLR","city":"minsk"})") ==
        "state:USA@state:BLR/minsk");
  CHECK(stream("envoy.expelled", R"({"sender":"state:USA","host":"state:BLR","envoy":"person:a"})") == "actions");
  CHECK(stream("commitment.broken", R"({"commitment":"c"})") == "c");
  CHECK(stream("list.observed", R"({"list":"a/b","entries":0})") == "a/b");
  CHECK(stream("letter.answered", R"({"letter":"l/1"})") == "l/1");
  CHECK(stream("letter.sent", R"({"from":"state:USA","to":"state:BLR"})") == "x/1");
  CHECK(stream("meeting.held", R"({"participants":"state:USA","city":"minsk"})") == "actions");
  const auto retraction = read_line(R"({"type":"record.retracted","retracts":"a","data":{"reason":"x"}})");
  CHECK(retraction->event.stream.empty());
  CHECK_FALSE(retraction->stream_given);
  CHECK(read_line(call(R"(,"stream":"mine")"))->stream_given);
}
