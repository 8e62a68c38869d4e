#include "core/json/cloud_event.hpp"

#include <catch2/catch.hpp>

#include "tests/core/json/reading_lines.hpp"

using namespace chancery;
using namespace chancery::test;
using Catch::Matchers::StartsWith;

namespace {

Recorded recorded(std::string_view line) {
  const auto given = read_line(line);
  REQUIRE(given.has_value());
  Recorded out;
  out.event = given->event;
  out.position = 7;
  out.revision = 2;
  out.recorded_by = "ann";
  out.recorded_at = *parse_instant("", "2025-09-11T10:00:00.5Z");
  out.earliest = given->earliest;
  out.latest = given->latest;
  return out;
}

std::string cloud(const Recorded& event) {
  std::string out;
  write_cloud_event(out, event, "https://ledger.example");
  return out;
}

}  // namespace

TEST_CASE("an event is a CloudEvent with the ledger as its source") {
  CHECK(
      cloud(recorded(call(R"(,"zone":"Europe/Minsk")"))) ==
      R"({"specversion":"1.0","id":"x/1","source":"https://ledger.example","type":"chancery.call.held","subject":"actions",)"
      R"("time":"2025-09-10T21:00:00Z","recordedtime":"2025-09-11T10:00:00.500000Z","partitionkey":"actions",)"
      R"("sequence":"00000000000000000007","dataschema":"urn:chancery:v1:call.held","datacontenttype":"application/json",)"
      R"("data":{"id":"x/1","stream":"actions","type":"call.held","occurred":"2025-09-11","zone":"Europe/Minsk",)"
      R"("data":{"participants":["state:USA"]},"position":7,"revision":2,"recorded_by":"ann",)"
      R"("recorded_at":"2025-09-11T10:00:00.500000Z"}})");
}

TEST_CASE("a record.* has no time as a CloudEvent") {
  auto event = recorded(R"({"type":"record.retracted","retracts":"a","data":{"reason":"x"}})");
  event.event.stream = "s";
  CHECK(cloud(event).find(R"("time")") == std::string::npos);
}

TEST_CASE("a CloudEvent reads back as the same event") {
  CloudEventReader reader;
  for (const std::string& line :
       {call(R"(,"ext":{"a":[1.0,null]})"), release(R"(,"count":[5,null])"),
        std::string(R"({"type":"record.sourced","stream":"s","supports":"a","sources":"u"})")}) {
    const Recorded before = recorded(line);
    const auto after = reader.read(cloud(before));
    REQUIRE(after.has_value());
    CHECK(after->event == before.event);
    CHECK_FALSE(after->recorded_at);
    CHECK_FALSE(after->recorded_by);
    const auto moved = reader.read(cloud(before), {.preserve_recorded = true});
    REQUIRE(moved.has_value());
    CHECK(moved->recorded_at == before.recorded_at);
    CHECK(moved->recorded_by == "ann");
  }
}

TEST_CASE("a CloudEvent gives its id and subject to an event that names none") {
  CloudEventReader reader;
  const std::string head =
      R"({"specversion":"1.0","source":"s","id":"a/1","type":"chancery.call.held","subject":"mine",)";
  const auto given =
      reader.read(head + R"("data":{"type":"call.held","occurred":"2025","data":{"participants":"state:USA"}}})");
  REQUIRE(given.has_value());
  CHECK(given->event.id.text == "a/1");
  CHECK(given->event.stream == "mine");
}

TEST_CASE("a CloudEvent that is not one of ours is refused") {
  CloudEventReader reader;
  const std::string data =
      R"("data":{"id":"a","stream":"s","type":"call.held","occurred":"2025","data":{"participants":"state:USA"}}})";
  const auto refusal = [&](const std::string& json) {
    const auto given = reader.read(json);
    return given ? "taken" : given.error().message();
  };
  CHECK(refusal(R"({"specversion":"1.0","source":"s","id":"a","type":"chancery.call.held",)" + data) == "taken");
  CHECK_THAT(refusal(R"({"id":"a","source":"s","type":"chancery.call.held",)" + data), StartsWith("specversion: found nothing;"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","id":"a","type":"chancery.call.held",)" + data), StartsWith("source: found nothing;"));
  CHECK_THAT(refusal(R"({"specversion":"0.3","source":"s","id":"a","type":"chancery.call.held",)" + data),
             StartsWith(R"(specversion: found "0.3";)"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"b","type":"chancery.call.held",)" + data),
             StartsWith(R"(id: found "b"; allowed: a, from data.id)"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"a","type":"org.example.x",)" + data),
             StartsWith(R"(type: found "org.example.x";)"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"a","subject":"t","type":"chancery.call.held",)" + data),
             StartsWith(R"(subject: found "t";)"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"a","type":"chancery.call.held","data_base64":"aa"})"),
             StartsWith("data_base64:"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"a","type":"chancery.call.held"})"),
             StartsWith("data: found nothing;"));
  CHECK_THAT(refusal(R"({"specversion":"1.0","source":"s","id":"a","id":"a","type":"chancery.call.held",)" + data),
             StartsWith("id: found the key twice;"));
  CHECK_THAT(
      refusal(R"({"specversion":"1.0","source":"s","id":"a","type":"chancery.call.held","datacontenttype":"text/xml",)" + data),
      StartsWith(R"(datacontenttype: found "text/xml";)"));
  CHECK_THAT(
      refusal(
          R"({"specversion":"1.0","source":"s","id":"a","type":"chancery.call.held","data":{"type":"call.held","occurred":"2025","data":{"who":1}}})"),
      StartsWith("data.data.who: found an unknown field;"));
}
