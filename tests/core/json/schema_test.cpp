#include "core/json/schema.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "core/event.hpp"

using namespace chancery;

namespace {

const FieldDoc& find(const std::vector<FieldDoc>& docs, std::string_view path) {
  const auto doc = std::find_if(docs.begin(), docs.end(), [&](const auto& each) { return each.path == path; });
  INFO(path);
  REQUIRE(doc != docs.end());
  return *doc;
}

}  // namespace

TEST_CASE("every type has a schema in which every field has a description") {
  for (const TypeDoc& type : type_docs()) {
    INFO(type.type);
    const auto schema = boost::json::parse(*json_schema(type.type)).as_object();
    CHECK(schema.at("title").as_string() == type.type);
    CHECK(schema.at("additionalProperties") == false);
    CHECK(schema.at("properties").at("type").at("const").as_string() == type.type);
    const auto fields = field_docs(type.type);
    REQUIRE(fields.has_value());
    for (const FieldDoc& field : *fields) CHECK_FALSE(field.description.empty());
  }
  CHECK(type_docs().size() == std::variant_size_v<Payload>);
}

TEST_CASE("the schema of all types refers to that of each") {
  const auto schema = boost::json::parse(*json_schema({})).as_object();
  CHECK(schema.at("$schema").as_string() == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema.at("oneOf").as_array().size() == type_docs().size());
  for (const TypeDoc& type : type_docs()) CHECK(schema.at("$defs").as_object().contains(type.type));
}

TEST_CASE("a schema says what is required, and which words a field takes") {
  const auto schema = boost::json::parse(*json_schema("letter.sent"));
  CHECK(schema.at("required") == boost::json::parse(R"(["type","occurred","data"])"));
  const auto& data = schema.at("properties").at("data");
  CHECK(data.at("required") == boost::json::parse(R"(["from","to"])"));
  CHECK(data.at("properties").at("medium").at("anyOf").at(0).at("enum") ==
        boost::json::parse(R"(["letter","note","email","message"])"));
  CHECK(boost::json::parse(*json_schema("record.sourced")).at("required") ==
        boost::json::parse(R"(["type","sources","supports"])"));
}

TEST_CASE("people read the same as a flat list") {
  const auto docs = *field_docs("letter.sent");
  CHECK(docs.front().path == "id");
  CHECK(find(docs, "occurred").required);
  CHECK(find(docs, "actor").kind == "list of text or object");
  CHECK(find(docs, "data.asks").list);
  CHECK_FALSE(find(docs, "data.asks").text);
  CHECK(find(docs, "data.asks[].what").required);
  CHECK(find(docs, "data.from").kind == "party");
  CHECK(find(docs, "data.medium").allowed == "letter note email message");
  CHECK(std::none_of(docs.begin(), docs.end(),
                     [](const auto& doc) { return doc.path == "retracts" || doc.path == "position"; }));
  const auto retracted = *field_docs("record.retracted");
  CHECK(find(retracted, "retracts").required);
  CHECK(std::none_of(retracted.begin(), retracted.end(), [](const auto& doc) { return doc.path == "occurred"; }));
}

TEST_CASE("an unknown type has no schema") {
  CHECK(json_schema("letter.snt").error().allowed.starts_with("letter.sent is near;"));
  CHECK(field_docs("letter.snt").error().field == "type");
}
