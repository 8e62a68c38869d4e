#include "projections/views/estimates.hpp"
#include "projections/views/flights.hpp"
#include "projections/views/lists.hpp"
#include "projections/views/parties.hpp"
#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

std::string estimated(std::string_view day, const std::string& data) {
  return event("prisoners.estimated", day, R"("holder":"state:BLR",)" + data);
}
std::string described(std::string_view day, const std::string& data) {
  return event("party.described", day, R"("party":"person:coale",)" + data);
}
std::string flown(const std::string& id, const std::string& data = "", const std::string& more = "") {
  return event("flight.flown", "2025-09-11", R"("from":"Minsk","to":"state:LTU")" + (data.empty() ? "" : "," + data),
               R"("id":")" + id + '"' + (more.empty() ? "" : "," + more));
}
std::string release(const std::string& id, const std::string& more) {
  return event("prisoners.released", "2025-09-11", R"("holder":"state:BLR","count":52)",
               R"("id":")" + id + "\"," + more);
}
std::string observed(std::string_view day, const std::string& data) {
  return event("list.observed", day, R"("list":"ofac/sdn",)" + data);
}

}  // namespace

TEST_CASE("an estimate is known by holder, source and category, with a dash for what is not given") {
  CHECK(keys<Estimates>(estimated("2025", R"("count":1,"claimed_by":"org:viasna","category":"political")")) ==
        Keys{"state:BLR/org:viasna/political"});
  CHECK(keys<Estimates>(estimated("2025", R"("count":1,"category":"political")")) == Keys{"state:BLR/-/political"});
  CHECK(keys<Estimates>(estimated("2025", R"("count":1,"claimed_by":"org:viasna")")) == Keys{"state:BLR/org:viasna/-"});
  CHECK(keys<Estimates>(estimated("2025", R"("count":1)")) == Keys{"state:BLR/-/-"});
  CHECK(keys<Estimates>(described("2025", R"("name":"x")")).empty());
}

TEST_CASE("each estimate replaces the one before of the same source and category, and stands beside the others") {
  const Story story({estimated("2025-01", R"("count":1300,"claimed_by":"org:viasna","category":"political")"),
                     estimated("2025-02", R"("count":[1200,null],"claimed_by":"org:viasna","category":"political")"),
                     estimated("2025-02", R"("count":[0,0])")});
  CHECK(at<Estimates>("2030", "state:BLR/org:viasna/political", story).text ==
        R"({"holder":"state:BLR","claimed_by":"org:viasna","category":"political",)"
        R"("low":1200,"high":null,"since":"2025-02"})");
  CHECK(at<Estimates>("2030", "state:BLR/-/-", story).text ==
        R"({"holder":"state:BLR","claimed_by":null,"category":null,"low":0,"high":0,"since":"2025-02"})");
}

TEST_CASE("a party is all that was last said of it, field by field, each field whole") {
  const std::vector<std::string> story{
      described("2024", R"("name":"John Coale","aliases":["J. Coale","Coale"],"nationality":["USA","IRL"],)"
                        R"("identifiers":{"wikidata":"Q1","viaf":"2"})"),
      described("2025", R"("aliases":["Envoy Coale"],"affiliations":["state:USA","org:white-house"],)"
                        R"("identifiers":{"ofac-sdn":"44541"},)"
                        R"("same_as":["person:p-0412"])")};
  CHECK(keys<Parties>(story[0]) == Keys{"person:coale"});
  CHECK(keys<Parties>(flown("f")).empty());
  CHECK(at<Parties>("2024", "person:coale", Story(story)).text ==
        R"({"party":"person:coale","name":"John Coale","aliases":["Coale","J. Coale"],"nationality":["IRL","USA"],)"
        R"("affiliations":[],"identifiers":{"viaf":"2","wikidata":"Q1"},"same_as":[]})");
  CHECK(at<Parties>("2025", "person:coale", Story(story)).text ==
        R"({"party":"person:coale","name":"John Coale","aliases":["Envoy Coale"],"nationality":["IRL","USA"],)"
        R"("affiliations":["org:white-house","state:USA"],"identifiers":{"ofac-sdn":"44541"},)"
        R"("same_as":["person:p-0412"]})");
}

TEST_CASE("a flight shows what was given, its escort sorted, its passengers as bounds") {
  CHECK(at<Flights>("2030", "f",
                    Story({flown("f", R"("carrier":"org:usaf","aircraft":"aircraft:c-17",)"
                                      R"("escort":["person:b","person:a"],"passengers":52)")}))
            .text == R"({"flight":"f","from":"Minsk","to":"state:LTU","carrier":"org:usaf","aircraft":"aircraft:c-17",)"
                     R"("escort":["person:a","person:b"],"carries":null,"passengers":{"low":52,"high":52}})");
  CHECK(at<Flights>("2030", "f", Story({flown("f")})).text ==
        R"({"flight":"f","from":"Minsk","to":"state:LTU","carrier":null,"aircraft":null,"escort":[],"carries":null,)"
        R"("passengers":null})");
}

TEST_CASE("a corrected flight keeps its key and is set anew") {
  const Story story({flown("f", R"("passengers":52,"carrier":"org:usaf")"),
                     flown("g", R"("passengers":[50,null])", R"("corrects":"f")")});
  CHECK(keys<Flights>(story) == Keys{"f"});
  CHECK(at<Flights>("2030", "f", story)["passengers"] == R"({"low":50,"high":null})");
  CHECK(at<Flights>("2030", "f", story)["carrier"] == "null");
}

TEST_CASE("what a flight carries is the id as given, and null to a reader who does not see it") {
  const std::vector<std::string> story{release("r", R"("visibility":"restricted")"), release("s", R"("corrects":"r")"),
                                       flown("f", R"("carries":"r")"), flown("g", R"("carries":"s")")};
  CHECK(at<Flights>("2030", "f", Story(story))["carries"] == "r");
  CHECK(at<Flights>("2030", "f", Story(story, Visibility::partner))["carries"] == "null");
  CHECK(at<Flights>("2030", "g", Story(story, Visibility::public_))["carries"] == "s");
}

TEST_CASE("a list is as it was last seen") {
  const std::vector<std::string> story{
      observed("2025-09-10", R"("entries":18000,"sha256":")" + std::string(64, 'a') + '"'),
      observed("2025-09-11T10:00Z", R"("entries":0)")};
  CHECK(keys<Lists>(story[0]) == Keys{"ofac/sdn"});
  CHECK(keys<Lists>(flown("f")).empty());
  CHECK(at<Lists>("2025-09-10", "ofac/sdn", Story(story)).text ==
        R"({"list":"ofac/sdn","entries":18000,"sha256":")" + std::string(64, 'a') + R"(","seen":"2025-09-10"})");
  CHECK(at<Lists>("2030", "ofac/sdn", Story(story)).text ==
        R"({"list":"ofac/sdn","entries":0,"sha256":null,"seen":"2025-09-11T10:00Z"})");
}

TEST_CASE("keys are sorted, and one given twice counts once") {
  KeySink sink;
  for (const char* key : {"b", "c", "a", "c", "b", "d"}) sink.add(key);
  CHECK(sink.keys() == Keys{"a", "b", "c", "d"});
}

}  // namespace chancery::testing
