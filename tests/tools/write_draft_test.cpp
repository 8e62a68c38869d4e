#include <catch2/catch.hpp>

#include "core/json/event_json.hpp"
#include "tools/chancery/draft.hpp"

namespace chancery::cli {
namespace {

using Words = std::vector<std::string>;

std::string made(std::string_view type, const Words& words) {
  EventDraft draft = EventDraft::of_type(type).value();
  const Result<void> set = draft.set(words, EventDraft::Empty::refused);
  return set ? draft.json() : set.error().message();
}

std::string changed(std::string_view line, const Words& words) {
  EventDraft draft = EventDraft::of(EventReader().read(line)->event);
  const Result<void> set = draft.set(words, EventDraft::Empty::removes);
  return set ? draft.json() : set.error().message();
}

constexpr std::string_view call = R"({"id":"a","type":"call.held","occurred":"2025","data":{"participants":["person:a"]},)"
                                  R"("actor":[{"party":"person:a","role":"host"}],"sources":["u","v"],"coding":{"goldstein":7.00}})";

}  // namespace

TEST_CASE("each field of every type is known by its name, and text where its type is text") {
  CHECK(made("sanction.imposed", {"measure=usa/x", "target=org:x", "restrictions=a", "expires=2026"}) ==
        R"({"type":"sanction.imposed","data":{"measure":"usa/x","target":"org:x","restrictions":"a","expires":"2026"}})");
  CHECK(made("list.observed", {"list=sdn", "entries=17"}) == R"({"type":"list.observed","data":{"list":"sdn","entries":17}})");
  CHECK(made("mission.opened", {"level=embassy", "host=state:BLR"}) ==
        R"({"type":"mission.opened","data":{"level":"embassy","host":"state:BLR"}})");
  CHECK(made("party.described", {"identifiers.ofac-sdn=44541", "nationality=BLR"}) ==
        R"({"type":"party.described","data":{"nationality":"BLR","identifiers":{"ofac-sdn":"44541"}}})");
}

TEST_CASE("white space in JSON is left out, and in text it is kept") {
  CHECK(made("prisoners.released", {"count= [1, 2] ", "summary= two  words "}) ==
        R"({"type":"prisoners.released","data":{"count":[1,2]},"summary":" two  words "})");
}

TEST_CASE("only the first = divides field and value") {
  CHECK(made("call.held", {"sources=https://x.org/?a=b"}) == R"({"type":"call.held","sources":"https://x.org/?a=b"})");
}

TEST_CASE("the data of an event can be given whole") {
  CHECK(made("call.held", {R"(data={"participants": ["person:a"]})", "topics=x"}) ==
        R"({"type":"call.held","data":{"participants":["person:a"],"topics":"x"}})");
}

TEST_CASE("what is not changed stays byte for byte") {
  CHECK(changed(call, {"occurred=2024"}).find(R"("coding":{"goldstein":7.00})") != std::string::npos);
  CHECK(changed(call, {"coding.quad=2"}).find(R"("coding":{"goldstein":7.00,"quad":2})") != std::string::npos);
}

TEST_CASE("a part of a list of one is a part of its element, and a longer list must be given whole") {
  CHECK(changed(call, {"actor.role=guest"}).find(R"("actor":{"party":"person:a","role":"guest"})") != std::string::npos);
  CHECK(changed(call, {"sources.grade=A1"}) == "sources.grade: found a part of a list of 2; allowed: the whole list, as JSON");
}

TEST_CASE("a field that has a value cannot be removed at once") {
  CHECK(changed(call, {"tags=", "tags=x"}) == "tags: found nothing after the =; allowed: a value; a field without one is left out");
  CHECK(changed(call, {"data.topics="}).find("topics") == std::string::npos);
  CHECK(changed(call, {"participants="}).find(R"("data":{})") != std::string::npos);
}

}  // namespace chancery::cli
