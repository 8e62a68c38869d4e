#include "storage/parties.hpp"

namespace chancery {
namespace {

using Visit = std::function<void(std::string_view)>;

void in_value(const Party& party, const Visit& visit) { visit(party.text); }
void in_value(const PartyOrText& text, const Visit& visit) {
  if (looks_like_party(text.text)) visit(text.text);
}
template <class T>
void in_value(const std::optional<T>& value, const Visit& visit);
template <class T>
void in_value(const std::vector<T>& values, const Visit& visit);
template <class T>
  requires(!HasFields<T>)
void in_value(const T& /*no party*/, const Visit& /*visit*/) {}

template <HasFields T>
void in_value(const T& value, const Visit& visit) {
  for_each_field<T>([&](const auto& field) { in_value(value.*field.member, visit); });
}
template <class T>
void in_value(const std::optional<T>& value, const Visit& visit) {
  if (value) in_value(*value, visit);
}
template <class T>
void in_value(const std::vector<T>& values, const Visit& visit) {
  for (const T& value : values) in_value(value, visit);
}

}  // namespace

void for_each_party(const Event& event, const Visit& visit) {
  in_value(event.actor, visit);
  in_value(event.recipient, visit);
  std::visit([&](const auto& data) { in_value(data, visit); }, event.payload);
}

std::string_view measure_of(const Payload& payload) {
  return std::visit(
      [](const auto& data) -> std::string_view {
        if constexpr (requires { data.measure.text; }) return data.measure.text;
        return {};
      },
      payload);
}

}  // namespace chancery
