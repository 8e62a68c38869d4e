#include "core/json/schema.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/event.hpp"
#include "core/json/event_json.hpp"

using namespace chancery;

namespace {

const FieldDoc& find(const std::vector<FieldDoc>& docs, std::string_view path) {
  const auto doc = std::find_if(docs.begin(), docs.end(), [&](const auto& each) { return each.path == path; });
  INFO(path);
  REQUIRE(doc != docs.end());
  return *doc;
}

/// The first range of numbers in the schema of a field; nothing where it takes none.
const boost::json::object* range_in(const boost::json::value& schema) {
  for (const auto& form : schema.at("anyOf").as_array()) {
    const auto* object = form.if_object();
    if (object && object->contains("minimum") && object->contains("maximum")) return object;
    if (object && object->contains("anyOf")) return range_in(form);
  }
  return nullptr;
}

/// An event with a number in one field, as the door takes it.
Result<Given> with_number(std::string_view type, const std::string& data, const std::string& more) {
  return EventReader().read(fmt::format(R"({{"type":"{}","occurred":"2025","data":{{{}}}{}}})", type, data, more));
}

}  // namespace

TEST_CASE("the door takes both ends of every range of numbers in the schema, and nothing beyond them") {
  struct Number {
    std::string_view type, object, name, data, more;  ///< {} is where the number stands
  };
  const std::string_view call = R"("participants":["person:a"])";
  const std::vector<Number> numbers{
      {"call.held", "coding", "quad", call, R"(,"coding":{{"quad":{}}})"},
      {"call.held", "coding", "goldstein", call, R"(,"coding":{{"goldstein":{}}})"},
      {"call.held", "place", "lat", call, R"(,"place":{{"lat":{}}})"},
      {"call.held", "place", "lon", call, R"(,"place":{{"lon":{}}})"},
      {"list.observed", "data", "entries", R"("list":"a","entries":{})", ""},
      {"prisoners.released", "data", "count", R"("holder":"state:BLR","count":{})", ""}};
  for (const Number& number : numbers) {
    INFO(number.object << '.' << number.name);
    const auto whole = boost::json::parse(*json_schema(number.type));
    const auto& defs = whole.at("$defs");
    const boost::json::value* object = number.object == "data" ? &whole.at("properties").at("data") : nullptr;
    for (std::size_t i = 0; !object && i < defs.at(number.object).at("anyOf").as_array().size(); ++i) {
      const auto& form = defs.at(number.object).at("anyOf").at(i);
      if (form.as_object().contains("properties")) object = &form;
      if (form.as_object().contains("anyOf")) object = &form.at("anyOf").at(1);
    }
    REQUIRE(object != nullptr);
    const auto* range = range_in(object->at("properties").at(number.name));
    REQUIRE(range != nullptr);
    const auto taken = [&](const std::string& value) {
      return with_number(number.type, fmt::format(fmt::runtime(number.data), value), fmt::format(fmt::runtime(number.more), value)).has_value();
    };
    const std::string least = boost::json::serialize(range->at("minimum")), most = boost::json::serialize(range->at("maximum"));
    CHECK(taken(least));
    CHECK(taken(most));
    const auto beyond = [](const std::string& digits) { return std::to_string(std::stoll(digits) + (digits.starts_with('-') || digits == "0" || digits == "1" ? -1 : 1)); };
    CHECK_FALSE(taken(beyond(least)));
    CHECK_FALSE(taken(most == "18446744073709551615" ? "18446744073709551616" : beyond(most)));
  }
}

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
