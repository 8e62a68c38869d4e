#include "core/json/envelope.hpp"
#include "core/json/field_names.hpp"
#include "core/json/kinds.hpp"
#include "core/json/schema.hpp"
#include "core/json/type_rules.hpp"
#include "core/number_ranges.hpp"

namespace chancery {
namespace {

template <class T>
void describe(std::vector<FieldDoc>& docs, FieldDoc doc);

template <class T>
void describe_members(std::vector<FieldDoc>& docs, const std::string& inside) {
  for_each_field<T>([&](const auto& field) {
    FieldDoc doc;
    doc.path = inside + std::string(field.name);
    doc.required = field.presence == Presence::required;
    doc.description = field.description;
    const std::size_t index = docs.size();
    describe<std::decay_t<decltype(std::declval<T>().*field.member)>>(docs, std::move(doc));
    if (const auto range = range_of<T>(field.name)) docs[index].allowed = fmt::format("{} to {}", range->least, range->most);
  });
}

/// The description of a value of type T, and of what is in it; `doc` has its path and what the table says.
template <class T>
void describe(std::vector<FieldDoc>& docs, FieldDoc doc) {
  using Value = typename Inner<T>::type;
  doc.list = is_list<T>;
  const std::string inside = doc.path + (doc.list ? "[]." : ".");
  if constexpr (HasFields<Value>) {
    doc.kind = also_text<Value> ? "text or object" : "object";
    doc.text = also_text<Value>;
  } else if constexpr (HasWords<Value>) {
    doc.kind = "word";
    doc.text = true;
    doc.allowed = fmt::format("{}", fmt::join(Words<Value>::list, " "));
  } else if constexpr (requires { typename Value::mapped_type; }) {
    doc.kind = fmt::format("object of {}", KindOf<typename Value::mapped_type>::kind.name);
    doc.allowed = KindOf<typename Value::mapped_type>::kind.allowed;
  } else {
    doc.kind = KindOf<Value>::kind.name;
    doc.allowed = KindOf<Value>::kind.allowed;
    doc.text = KindOf<Value>::kind.text;
  }
  if (doc.list) doc.kind = "list of " + doc.kind;
  docs.push_back(std::move(doc));
  if constexpr (HasFields<Value>) describe_members<Value>(docs, inside);
}

/// What a field of the envelope takes beyond what its C++ type says.
std::string_view allowed_in_envelope(std::string_view name) {
  if (name == "occurred") return "EDTF";
  if (name == "zone") return "IANA zone";
  if (name == "stream") return "1-256 of [A-Za-z0-9._:/@>-]";
  return {};
}

template <class Data>
std::vector<FieldDoc> docs_of() {
  std::vector<FieldDoc> docs;
  const auto add = [&](const auto& field) {
    using F = std::decay_t<decltype(field)>;
    const TypeRule rule = rule_in_envelope(Data::type, field.name);
    if (rule == TypeRule::none) return;
    FieldDoc doc;
    doc.path = field.name;
    doc.required = rule == TypeRule::required;
    doc.description = field.description;
    doc.allowed = allowed_in_envelope(field.name);
    if constexpr (std::same_as<F, TypeField>) {
      doc.kind = "word";
      doc.text = true;
      doc.allowed = Data::type;
      docs.push_back(std::move(doc));
    } else if constexpr (std::same_as<F, DataField>) {
      doc.kind = "object";
      doc.required = data_required<Data>();
      docs.push_back(std::move(doc));
      describe_members<Data>(docs, "data.");
    } else {
      const std::string allowed = doc.allowed;
      const std::size_t index = docs.size();
      describe<std::decay_t<decltype(std::declval<Event>().*field.member)>>(docs, std::move(doc));
      if (!allowed.empty()) docs[index].allowed = allowed;
    }
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, envelope_table);
  return docs;
}

}  // namespace

std::vector<TypeDoc> type_docs() {
  std::vector<TypeDoc> docs;
  for_each_type([&]<class T>() { docs.push_back({T::type, T::description, T::coding}); });
  return docs;
}

Result<std::vector<FieldDoc>> field_docs(std::string_view type) {
  std::optional<std::vector<FieldDoc>> docs;
  std::vector<std::string_view> names;
  for_each_type([&]<class T>() {
    names.push_back(T::type);
    if (T::type == type) docs = docs_of<T>();
  });
  if (docs) return std::move(*docs);
  return refused("type", quoted(type), allowed_names(names, type));
}

}  // namespace chancery
