#include "core/json/cloud_event.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <new>

#include "core/json/diagnose.hpp"
#include "core/json/raw.hpp"
#include "core/json/reading.hpp"
#include "core/json/schema.hpp"
#include "core/json/writer.hpp"

namespace chancery {
namespace {

constexpr std::string_view type_prefix = "chancery.";
constexpr std::string_view spec_version = "1.0";
/// Room for an event of the greatest length, indented, and for the attributes around it.
constexpr std::size_t cloud_event_bytes_max = 256 * 1024;

void append_member(ObjectWriter& object, std::string_view name, std::string_view text) {
  object.name(name);
  append_string(object.out(), text);
}

bool is_json_type(std::string_view content_type) {
  const auto media = content_type.substr(0, content_type.find_first_of("; "));
  return media == "application/json" || media == "text/json" || media.ends_with("+json");
}

/// The attributes of one CloudEvent that are looked at, and its data as text.
struct Attributes {
  std::string type, id, source, subject, recorded_time, data;
  bool data_has_id = false, data_has_stream = false;
};

bool read_text(Reading& reading, const Path& path, simdjson::dom::element value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return reading.refuse(path, described(value), "text");
  out = text;
  return reading.check_text(path, text);
}

bool refuse_missing(Reading& reading, const Path& root, std::string_view name, std::string allowed) {
  return reading.refuse(root.member(name, Path::same_place), "nothing", std::move(allowed));
}

bool read_data(Reading& reading, const Path& path, simdjson::dom::element value, Attributes& out) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return reading.refuse(path, described(value), "the native event, an object");
  }
  if (!reading.check_keys(path, object)) return false;
  for (const auto& [name, member] : object) {
    if (name == "id") out.data_has_id = !is_absent(member);
    if (name == "stream") out.data_has_stream = !is_absent(member);
  }
  append_minified(out.data, reading.raw(path));
  return true;
}

bool read_attribute(Reading& reading, const Path& path, simdjson::dom::element value, Attributes& out) {
  std::string text;
  if (path.name == "type") return read_text(reading, path, value, out.type);
  if (path.name == "id") return read_text(reading, path, value, out.id);
  if (path.name == "source") return read_text(reading, path, value, out.source);
  if (path.name == "subject") return read_text(reading, path, value, out.subject);
  if (path.name == "recordedtime") return read_text(reading, path, value, out.recorded_time);
  if (path.name == "data") return read_data(reading, path, value, out);
  if (path.name == "data_base64") return reading.refuse(path, "binary data", "the native event in data");
  if (path.name == "specversion") {
    if (!read_text(reading, path, value, text)) return false;
    return text == spec_version || reading.refuse(path, quoted(std::string_view(text)), std::string(spec_version));
  }
  if (path.name == "datacontenttype") {
    if (!read_text(reading, path, value, text)) return false;
    return is_json_type(text) || reading.refuse(path, quoted(std::string_view(text)), "application/json");
  }
  return true;
}

bool read_attributes(Reading& reading, simdjson::dom::element root, Attributes& out) {
  const Path path;
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS)
    return reading.refuse(path, described(root), "a CloudEvent, an object");
  if (!reading.check_keys(path, object)) return false;
  bool versioned = false;
  std::size_t ordinal = 0;
  for (const auto& [name, member] : object) {
    const Path place = path.member(name, ordinal++);
    versioned = versioned || name == "specversion";
    if (!member.is_null() && !read_attribute(reading, place, member, out)) return false;
  }
  if (!versioned) return refuse_missing(reading, path, "specversion", std::string(spec_version));
  if (out.data.empty()) return refuse_missing(reading, path, "data", "the native event, an object");
  if (out.id.empty()) return refuse_missing(reading, path, "id", "the id of the event");
  if (out.source.empty()) return refuse_missing(reading, path, "source", "the URI of who tells it");
  return true;
}

/// The native event, with the attributes that it does not have itself.
std::string native_text(const Attributes& attributes) {
  std::string text;
  ObjectWriter object(text);
  if (!attributes.data_has_id) append_member(object, "id", attributes.id);
  if (!attributes.data_has_stream && !attributes.subject.empty()) append_member(object, "stream", attributes.subject);
  for (RawItems items(attributes.data); items.next();) {
    const auto name = unescaped(items.key());
    if ((name == "id" && !attributes.data_has_id) || (name == "stream" && !attributes.data_has_stream)) continue;
    object.members(items.key());
    text += ':';
    text += items.value();
  }
  object.close();
  return text;
}

Result<void> check_agreement(const Attributes& attributes, const Event& event) {
  if (attributes.type != std::string(type_prefix) + std::string(event.type())) {
    return refused("type", quoted(std::string_view(attributes.type)),
                   fmt::format("{}{}, from data.type", type_prefix, event.type()));
  }
  const auto id = parse_id("id", attributes.id);
  if (!id) return Failure(id.error());
  if (*id != event.id)
    return refused("id", quoted(std::string_view(attributes.id)), fmt::format("{}, from data.id", event.id.text));
  if (!attributes.subject.empty() && attributes.subject != event.stream) {
    return refused("subject", quoted(std::string_view(attributes.subject)),
                   fmt::format("{}, from data.stream", event.stream));
  }
  return {};
}

}  // namespace

void write_cloud_event(std::string& out, const Recorded& recorded, std::string_view source_uri) {
  const Event& event = recorded.event;
  ObjectWriter object(out);
  append_member(object, "specversion", spec_version);
  append_member(object, "id", event.id.text);
  append_member(object, "source", source_uri);
  append_member(object, "type", fmt::format("{}{}", type_prefix, event.type()));
  append_member(object, "subject", event.stream);
  if (!event.about_record()) append_member(object, "time", format_instant(recorded.earliest));
  append_member(object, "recordedtime", format_instant(recorded.recorded_at));
  append_member(object, "partitionkey", event.stream);
  append_member(object, "sequence", fmt::format("{:020}", recorded.position));
  append_member(object, "dataschema", schema_uri(event.type()));
  append_member(object, "datacontenttype", "application/json");
  object.name("data");
  write_recorded(out, recorded);
  object.close();
}

struct CloudEventReader::Parser {
  Parser() {
    if (dom.allocate(cloud_event_bytes_max, json_depth_max + 1) != simdjson::SUCCESS) throw std::bad_alloc();
  }
  simdjson::dom::parser dom{cloud_event_bytes_max};
  EventReader events;
};

CloudEventReader::CloudEventReader() : parser_(std::make_unique<Parser>()) {}
CloudEventReader::~CloudEventReader() = default;
CloudEventReader::CloudEventReader(CloudEventReader&&) noexcept = default;

Result<Given> CloudEventReader::read(std::string_view json, const ReadOptions& options) {
  if (json.size() > cloud_event_bytes_max) {
    return refused("line", fmt::format("{} bytes", json.size()), fmt::format("at most {}", cloud_event_bytes_max));
  }
  simdjson::dom::element root;
  const auto error = parser_->dom.parse(json.data(), json.size(), true).get(root);
  if (error != simdjson::SUCCESS) return Failure(diagnose(json, simdjson::error_message(error)));
  Reading reading(json);
  Attributes attributes;
  if (!read_attributes(reading, root, attributes)) return Failure(*reading.error());

  ReadOptions with_output = options;
  with_output.preserve_recorded = true;
  auto given = parser_->events.read(native_text(attributes), with_output);
  if (!given) {
    Error inner = std::move(given.error());
    inner.field = inner.field == "line" ? "data" : "data." + inner.field;
    return Failure(std::move(inner));
  }
  if (auto good = check_agreement(attributes, given->event); !good) return Failure(good.error());
  if (!options.preserve_recorded) {
    given->recorded_at.reset();
    given->recorded_by.reset();
  } else if (!given->recorded_at && !attributes.recorded_time.empty()) {
    auto recorded_at = parse_instant("recordedtime", attributes.recorded_time);
    if (!recorded_at) return Failure(recorded_at.error());
    given->recorded_at = *recorded_at;
  }
  return given;
}

}  // namespace chancery
