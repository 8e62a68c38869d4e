#include "core/json/schema.hpp"

#include "core/json/envelope.hpp"
#include "core/json/field_names.hpp"
#include "core/json/kinds.hpp"
#include "core/json/type_rules.hpp"
#include "core/json/writer.hpp"
#include "core/number_ranges.hpp"

namespace chancery {
namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view absent = R"({"$ref":"#/$defs/absent"})";
constexpr std::string_view absent_definition =
    R"({"description":"the same as no field at all",)"
    R"("anyOf":[{"type":"null"},{"type":"array","maxItems":0},{"type":"object","maxProperties":0}]})";

template <class T>
void append_object_members(ObjectWriter& schema, bool free_fields);

/// The schema of one value, without its description. `range`: of a number that its field takes less of than its kind has.
template <class T>
void append_value(std::string& out, const std::optional<NumberRange>& range = {}) {
  if constexpr (HasFields<T>) {
    if constexpr (also_text<T>) out += R"({"anyOf":[{"type":"string"},)";
    ObjectWriter schema(out);
    append_object_members<T>(schema, false);
    schema.close();
    if constexpr (also_text<T>) out += "]}";
  } else if constexpr (HasWords<T>) {
    char before = '[';
    out += R"({"enum":)";
    for (const auto word : Words<T>::list) {
      out += before;
      append_string(out, word);
      before = ',';
    }
    out += "]}";
  } else if constexpr (requires { typename T::mapped_type; }) {
    out += R"({"type":"object","additionalProperties":{"anyOf":[)";
    append_value<typename T::mapped_type>(out);
    out += ',';
    out += absent;
    out += "]}";
    if constexpr (std::same_as<typename T::key_type, Country>) {
      out += R"(,"propertyNames":)";
      append_value<Country>(out);
    }
    out += '}';
  } else {
    constexpr bool whole = std::same_as<T, std::uint64_t>;
    out += range ? fmt::format(R"({{"type":"{}","minimum":{},"maximum":{}}})", whole ? "integer" : "number", range->least, range->most) : fmt::format("{{{}}}", KindOf<T>::kind.schema);
  }
}

/// The schema of a field: all forms in which it may be given, and what it means.
template <class Member>
void append_field(std::string& out, std::string_view description, bool required, std::string_view more = {}, const std::optional<NumberRange>& range = {}) {
  using Value = typename Inner<Member>::type;
  ObjectWriter schema(out);
  schema.name("description");
  append_string(out, description);
  schema.members(more);
  schema.name("anyOf");
  out += '[';
  if constexpr (is_list<Member>) {
    out += R"({"type":"array","items":)";
    append_value<Value>(out);
    out += required ? R"(,"minItems":1},)" : "},";
  }
  append_value<Value>(out, range);
  if (!required) {
    out += ',';
    out += absent;
  }
  out += ']';
  schema.close();
}

void append_required(ObjectWriter& schema, const std::vector<std::string_view>& names) {
  if (names.empty()) return;
  schema.name("required");
  char before = '[';
  for (const auto name : names) {
    schema.out() += before;
    append_string(schema.out(), name);
    before = ',';
  }
  schema.out() += ']';
}

template <class T>
void append_object_members(ObjectWriter& schema, bool free_fields) {
  std::vector<std::string_view> required;
  schema.name("type");
  append_string(schema.out(), "object");
  schema.name("properties");
  ObjectWriter properties(schema.out());
  for_each_field<T>([&](const auto& field) {
    using Member = std::decay_t<decltype(std::declval<T>().*field.member)>;
    const bool needed = field.presence == Presence::required;
    if (needed) required.push_back(field.name);
    properties.name(field.name);
    const bool text = std::same_as<Member, std::string> || std::same_as<Member, PartyOrText>;
    append_field<Member>(schema.out(), field.description, needed, needed && text ? R"("minLength":1)" : "", range_of<T>(field.name));
  });
  properties.close();
  append_required(schema, required);
  schema.name("additionalProperties");
  schema.out() += free_fields ? "true" : "false";
}

template <class Data>
void append_data(std::string& out, std::string_view description) {
  if (!data_required<Data>()) out += R"({"anyOf":[{"type":"null"},)";
  ObjectWriter schema(out);
  schema.name("description");
  append_string(out, description);
  append_object_members<Data>(schema, std::same_as<Data, ActionObserved>);
  schema.close();
  if (!data_required<Data>()) out += "]}";
}

/// What a field of the envelope takes beyond what its C++ type says.
constexpr std::string_view more_in_envelope(std::string_view name) {
  if (name == "stream") return R"("maxLength":256,"pattern":"^[A-Za-z0-9._:/@>-]+$")";
  if (name == "occurred") return R"("minLength":1)";
  return {};
}

template <class Owner, class Member>
void append_envelope_field(std::string& out, const Field<Owner, Member>& field, bool required) {
  append_field<Member>(out, field.description, required, more_in_envelope(field.name));
}

/// One field of the envelope, as this type has it: where it is optional, as all have it.
template <class Data, class F>
void append_envelope_field_of(ObjectWriter& properties, const F& field, TypeRule rule) {
  std::string& out = properties.out();
  properties.name(field.name);
  if constexpr (std::same_as<F, TypeField>) {
    out += R"({"const":)";
    append_string(out, Data::type);
    out += R"(,"description":)";
    append_string(out, Data::description);
    out += '}';
  } else if constexpr (std::same_as<F, DataField>) {
    append_data<Data>(out, field.description);
  } else if (rule == TypeRule::optional) {
    out += fmt::format(R"({{"$ref":"#/$defs/{}"}})", field.name);
  } else if (rule == TypeRule::required) {
    append_envelope_field(out, field, true);
  } else {
    out += absent;
  }
}

void append_output_fields(ObjectWriter& properties) {
  for (const auto& field : output_fields) {
    const bool number = field.name == "position" || field.name == "revision";
    properties.name(field.name);
    ObjectWriter schema(properties.out());
    schema.members(number ? R"("type":["integer","null"],"minimum":0)" : R"("type":["string","null"])");
    schema.members(R"("readOnly":true)");
    schema.name("description");
    append_string(properties.out(), field.description);
    schema.close();
  }
}

/// What the schemas of all types refer to.
void append_shared_definitions(ObjectWriter& definitions) {
  definitions.name("absent");
  definitions.out() += absent_definition;
  const auto add = [&](const auto& field) {
    if constexpr (requires { field.member; }) {
      definitions.name(field.name);
      append_envelope_field(definitions.out(), field, false);
    }
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, envelope_table);
  append_output_fields(definitions);
}

/// The members of the schema of one type.
template <class Data>
void append_type(ObjectWriter& schema) {
  std::vector<std::string_view> required;
  schema.name("title");
  append_string(schema.out(), Data::type);
  schema.name("description");
  append_string(schema.out(), Data::description);
  schema.name("type");
  append_string(schema.out(), "object");
  schema.name("properties");
  ObjectWriter properties(schema.out());
  const auto add = [&](const auto& field) {
    const TypeRule rule = rule_in_envelope(Data::type, field.name);
    if (rule == TypeRule::required || (field.name == "data" && data_required<Data>())) required.push_back(field.name);
    append_envelope_field_of<Data>(properties, field, rule);
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, envelope_table);
  for (const auto& field : output_fields) {
    properties.name(field.name);
    schema.out() += fmt::format(R"({{"$ref":"#/$defs/{}"}})", field.name);
  }
  properties.close();
  append_required(schema, required);
  schema.name("additionalProperties");
  schema.out() += "false";
}

void begin(ObjectWriter& schema, std::string_view uri) {
  schema.name("$schema");
  append_string(schema.out(), dialect);
  schema.name("$id");
  append_string(schema.out(), uri);
}

std::string schema_of_all() {
  std::string out;
  ObjectWriter schema(out);
  begin(schema, "urn:chancery:v1");
  schema.name("title");
  append_string(out, "Chancery events, version 1");
  schema.name("type");
  append_string(out, "object");
  schema.name("oneOf");
  char before = '[';
  for_each_type([&]<class T>() {
    out += before;
    out += fmt::format(R"({{"$ref":"#/$defs/{}"}})", T::type);
    before = ',';
  });
  out += ']';
  schema.name("$defs");
  ObjectWriter definitions(out);
  append_shared_definitions(definitions);
  for_each_type([&]<class T>() {
    definitions.name(T::type);
    ObjectWriter type(out);
    append_type<T>(type);
    type.close();
  });
  definitions.close();
  schema.close();
  return out;
}

template <class T>
std::string schema_of() {
  std::string out;
  ObjectWriter schema(out);
  begin(schema, schema_uri(T::type));
  append_type<T>(schema);
  schema.name("$defs");
  ObjectWriter definitions(out);
  append_shared_definitions(definitions);
  definitions.close();
  schema.close();
  return out;
}

}  // namespace

std::string schema_uri(std::string_view type) { return fmt::format("urn:chancery:v1:{}", type); }

Result<std::string> json_schema(std::optional<std::string_view> type) {
  if (!type) return schema_of_all();
  std::optional<std::string> schema;
  std::vector<std::string_view> names;
  for_each_type([&]<class T>() {
    names.push_back(T::type);
    if (T::type == *type) schema = schema_of<T>();
  });
  if (schema) return std::move(*schema);
  return refused("type", quoted(*type), allowed_names(names, *type));
}

}  // namespace chancery
