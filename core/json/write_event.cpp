#include "core/json/envelope.hpp"
#include "core/json/event_json.hpp"
#include "core/json/write_fields.hpp"

namespace chancery {
namespace {

/// Room for one usual event at once; a buffer that many are written into grows by doubling as ever.
void reserve(std::string& out) {
  constexpr std::size_t usual_event_bytes = 1'024;
  if (out.empty()) out.reserve(usual_event_bytes);
}

/// The payload as a member `data`, which is left out where it says nothing. There are members before it.
void write_data(ObjectWriter& object, std::string_view name, const Payload& payload) {
  std::string& out = object.out();
  const std::size_t length_before = out.size();
  object.name(name);
  ObjectWriter members(out);
  std::visit([&](const auto& data) { write_members(members, data); }, payload);
  members.close();
  if (members.empty()) out.resize(length_before);
}

void write_envelope(ObjectWriter& object, const Event& event) {
  std::string& out = object.out();
  const auto write = [&](const auto& field) {
    using F = std::decay_t<decltype(field)>;
    if constexpr (std::same_as<F, TypeField>) {
      object.name(field.name);
      append_string(out, event.type());
    } else if constexpr (std::same_as<F, DataField>) {
      write_data(object, field.name, event.payload);
    } else if (!json_detail::left_out(event.*field.member)) {
      object.name(field.name);
      write_json(out, event.*field.member);
    }
  };
  std::apply([&](const auto&... field) { (write(field), ...); }, envelope_table);
}

}  // namespace

void write_event(std::string& out, const Event& event) {
  reserve(out);
  ObjectWriter object(out);
  write_envelope(object, event);
  object.close();
}

void write_recorded(std::string& out, const Recorded& recorded) {
  reserve(out);
  ObjectWriter object(out);
  write_envelope(object, recorded.event);
  object.name(output_fields[0].name);
  append_number(out, recorded.position);
  if (recorded.revision != revision_not_seen) {
    object.name(output_fields[1].name);
    append_number(out, recorded.revision);
  }
  if (recorded.recorded_by) {
    object.name(output_fields[2].name);
    append_string(out, *recorded.recorded_by);
  }
  object.name(output_fields[3].name);
  append_string(out, format_instant(recorded.recorded_at));
  object.close();
}

}  // namespace chancery
