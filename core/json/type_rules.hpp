#pragma once

#include <string_view>

#include "core/event.hpp"

/// Which fields of the envelope a type needs, may have or has not: the part of validate.hpp's rules that a schema can
/// tell.
namespace chancery {

enum class TypeRule { required, optional, none };

constexpr TypeRule rule_in_envelope(std::string_view type, std::string_view field) {
  const bool record = type.starts_with("record.");
  if (field == "type") return TypeRule::required;
  if (field == "occurred") return record ? TypeRule::none : TypeRule::required;
  if (field == "corrects" || field == "disputes") return record ? TypeRule::none : TypeRule::optional;
  if (field == "retracts") return type == RecordRetracted::type ? TypeRule::required : TypeRule::none;
  if (field == "supports") return type == RecordSourced::type ? TypeRule::required : TypeRule::none;
  if (field == "sources") return type == RecordSourced::type ? TypeRule::required : TypeRule::optional;
  if (field == "coding") return type == ActionObserved::type ? TypeRule::required : TypeRule::optional;
  return TypeRule::optional;
}

/// Whether a payload has a field that is required.
template <class Data>
constexpr bool data_required() {
  bool any = false;
  for_each_field<Data>([&](const auto& field) { any = any || field.presence == Presence::required; });
  return any;
}

}  // namespace chancery
