#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coding.hpp"
#include "core/result.hpp"

/// The event format told by its tables of fields: the codebook. For machines as JSON Schema, for people as a flat list.
namespace chancery {

/// One field of a type, nested ones too.
struct FieldDoc {
  std::string path;              ///< dotted: "occurred", "data.asks[].what", "sources[].grade"
  std::string kind;              ///< "party", "list of text", "count", ...
  bool required = false;         ///< in what contains it
  bool text = false;             ///< takes a JSON string, or a list of them; others take other JSON
  bool list = false;             ///< takes several values
  std::string_view description;  ///< what it means
  std::string allowed;           ///< which values, where the kind alone does not say
};

/// One type of event.
struct TypeDoc {
  std::string_view type, description;
  DefaultCoding coding;
};

/// All types, in the order of events.md.
std::vector<TypeDoc> type_docs();

/// The fields of a type, envelope first, in the order in which they are written; without those that this type does not
/// have, and without what the ledger adds. Fails with: refused, for an unknown type.
Result<std::vector<FieldDoc>> field_docs(std::string_view type);

/// JSON Schema 2020-12 of a type, or of all; minified. It takes the lenient forms that are taken (null, one value for a
/// list) and refuses unknown fields; what the ledger adds is there as readOnly. Rules beyond a field (a count and its
/// persons, links) are not in it. Fails with: refused, for an unknown type.
Result<std::string> json_schema(std::optional<std::string_view> type);

/// What names the schema of a type to the outside: "urn:chancery:v1:prisoners.released". Version 1 of the format only
/// ever grows.
std::string schema_uri(std::string_view type);

}  // namespace chancery
