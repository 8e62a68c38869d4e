#include "tools/server/openapi_schemas.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include <fmt/format.h>

#include "core/json/schema.hpp"
#include "projections/view.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::string_view schemas_text = R"({
"Problem": {"type": "object", "description": "RFC 9457", "required": ["type", "title", "status"], "properties": {
  "type": {"const": "about:blank"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
  "field": {"type": "string", "description": "what the error is about"}, "found": {"type": "string"}, "allowed": {"type": "string"},
  "errors": {"type": "array", "minItems": 1, "maxItems": 20, "description": "of the events that were sent, what is wrong with each: the first that were found",
    "items": {"type": "object", "required": ["field", "found", "allowed"], "properties": {"field": {"type": "string"}, "found": {"type": "string"}, "allowed": {"type": "string"}}}},
  "actual_revision": {"type": ["integer", "null"], "description": "of the stream that was expected otherwise; null: it has no events"},
  "actual_position": {"type": "integer", "description": "of an event that the condition says there is none of"}}},
"Position": {"type": "integer", "minimum": 0},
"Level": {"enum": ["public", "partner", "restricted"]},
"Ids": {"type": "array", "items": {"type": "string"}},
"Positions": {"type": "array", "items": {"type": "integer", "minimum": 1}},
"NewEvents": {"description": "one event, or a list that is recorded as one commit, without what the ledger adds",
  "oneOf": [{"$ref": "#/components/schemas/Event"}, {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}]},
"Appended": {"type": "object", "required": ["position", "events"], "properties": {
  "position": {"$ref": "#/components/schemas/Position"},
  "events": {"type": "array", "items": {"type": "object", "required": ["position", "id", "stream", "new"], "properties": {
    "position": {"$ref": "#/components/schemas/Position"}, "id": {"type": "string"}, "stream": {"type": "string"}, "revision": {"type": "integer", "minimum": 0},
    "new": {"type": "boolean", "description": "false: it was known already"}}}}}},
"Events": {"type": "object", "required": ["position", "events"], "properties": {
  "position": {"$ref": "#/components/schemas/Position"}, "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}}},
"CloudEvent": {"type": "object", "description": "CloudEvents 1.0 in its JSON format; sent, it needs no more than its specversion, type and data", "required": ["specversion", "type", "data"], "properties": {
  "specversion": {"const": "1.0"}, "id": {"type": "string"}, "source": {"type": "string", "description": "the ledger's URI"},
  "type": {"type": "string", "pattern": "^chancery\\.", "description": "chancery. and the event's type"}, "subject": {"type": "string", "description": "the stream"},
  "time": {"type": "string", "format": "date-time", "description": "the earliest instant of occurred; of record.* there is none"}, "recordedtime": {"type": "string", "format": "date-time"},
  "partitionkey": {"type": "string"}, "sequence": {"type": "string", "description": "the position in 20 digits"}, "dataschema": {"type": "string"},
  "datacontenttype": {"const": "application/json"}, "data": {"$ref": "#/components/schemas/Event"}}},
"CloudEvents": {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}},
"EventAndLinks": {"type": "object", "required": ["event", "live", "live_event", "chain", "withdrawn_by", "because_of", "answered_by", "disputed_by", "supported_by"], "properties": {
  "event": {"$ref": "#/components/schemas/Event"}, "live": {"type": "boolean"}, "live_event": {"type": ["string", "null"]},
  "chain": {"$ref": "#/components/schemas/Ids"}, "withdrawn_by": {"type": ["string", "null"]}, "because_of": {"$ref": "#/components/schemas/Ids"},
  "answered_by": {"$ref": "#/components/schemas/Ids"}, "disputed_by": {"$ref": "#/components/schemas/Ids"}, "supported_by": {"$ref": "#/components/schemas/Ids"}}},
"Trace": {"type": "object", "required": ["position", "id", "because_of", "answers"], "allOf": [{"$ref": "#/components/schemas/Traced"}], "properties": {
  "position": {"$ref": "#/components/schemas/Position"}}},
"Traced": {"type": "object", "required": ["id", "type", "live"], "properties": {
  "id": {"type": "string"}, "type": {"type": "string"}, "occurred": {"type": ["string", "null"]}, "summary": {"type": ["string", "null"]}, "live": {"type": "boolean"},
  "because_of": {"type": "array", "items": {"$ref": "#/components/schemas/Traced"}}, "answers": {"type": "array", "items": {"$ref": "#/components/schemas/Traced"}}}},
"Names": {"type": "array", "items": {"type": "string"}},
"Instant": {"type": ["string", "null"], "description": "RFC 3339, in UTC; null: open"},
"View": {"type": "object", "required": ["view", "at", "position"], "oneOf": [{"required": ["rows"]}, {"required": ["count"]}], "properties": {
  "view": {"type": "string"}, "at": {"$ref": "#/components/schemas/Instant"}, "position": {"$ref": "#/components/schemas/Position"}, "count": {"type": "integer", "minimum": 0},
  "rows": {"type": "array", "items": {"type": "object", "required": ["key", "valid_from", "valid_to", "certain", "because", "disputed", "state"], "properties": {
    "key": {"type": "string"}, "valid_from": {"$ref": "#/components/schemas/Instant"}, "valid_to": {"$ref": "#/components/schemas/Instant"}, "certain": {"type": "boolean"},
    "because": {"$ref": "#/components/schemas/Positions"}, "disputed": {"type": "boolean"}, "state": {"$ref": "#/components/schemas/State"}}}}}},
"Timeline": {"type": "object", "required": ["view", "key", "position", "rows"], "properties": {
  "view": {"type": "string"}, "key": {"type": "string"}, "position": {"$ref": "#/components/schemas/Position"},
  "rows": {"type": "array", "items": {"type": "object", "required": ["valid_from", "valid_to", "certain_from", "because", "disputed", "state"], "properties": {
    "valid_from": {"$ref": "#/components/schemas/Instant"}, "valid_to": {"$ref": "#/components/schemas/Instant"}, "certain_from": {"$ref": "#/components/schemas/Instant"},
    "because": {"$ref": "#/components/schemas/Positions"}, "disputed": {"type": "boolean"}, "state": {"$ref": "#/components/schemas/State"}}}}}},
"History": {"type": "object", "required": ["view", "key", "position", "rows"], "properties": {
  "view": {"type": "string"}, "key": {"type": "string"}, "position": {"$ref": "#/components/schemas/Position"},
  "rows": {"type": "array", "items": {"type": "object", "required": ["valid_from", "valid_to", "known_from", "known_to", "certain_from", "because", "state"], "properties": {
    "valid_from": {"$ref": "#/components/schemas/Instant"}, "valid_to": {"$ref": "#/components/schemas/Instant"}, "known_from": {"$ref": "#/components/schemas/Position"},
    "known_to": {"type": ["integer", "null"]}, "certain_from": {"$ref": "#/components/schemas/Instant"}, "because": {"$ref": "#/components/schemas/Positions"},
    "state": {"$ref": "#/components/schemas/State"}}}}}},
"Change": {"type": "object", "description": "a row as it was opened by a commit, or closed", "required": ["change", "view", "key", "cause", "valid_from", "valid_to", "known_from", "known_to", "certain_from", "because", "state"], "properties": {
  "change": {"enum": ["opened", "closed"]}, "view": {"type": "string"}, "key": {"type": "string"},
  "cause": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}, "description": "positions of the events that changed it: those of the commit that touch the key, or correct or withdraw one that does"},
  "valid_from": {"$ref": "#/components/schemas/Instant"}, "valid_to": {"$ref": "#/components/schemas/Instant"}, "known_from": {"$ref": "#/components/schemas/Position"},
  "known_to": {"type": ["integer", "null"]}, "certain_from": {"$ref": "#/components/schemas/Instant"}, "because": {"$ref": "#/components/schemas/Positions", "description": "what the row rests on"},
  "state": {"$ref": "#/components/schemas/State"}}},
"Cut": {"type": "object", "required": ["at", "position"], "properties": {"at": {"$ref": "#/components/schemas/Instant"}, "position": {"$ref": "#/components/schemas/Position"}}},
"Differences": {"type": "array", "items": {"type": "object", "required": ["key", "before", "after", "because"], "properties": {
  "key": {"type": "string"}, "before": {"$ref": "#/components/schemas/State"}, "after": {"$ref": "#/components/schemas/State"}, "because": {"$ref": "#/components/schemas/Positions"}}}},
"Diff": {"type": "object", "required": ["view", "from", "to", "knowledge", "world"], "properties": {
  "view": {"type": "string"}, "from": {"$ref": "#/components/schemas/Cut"}, "to": {"$ref": "#/components/schemas/Cut"},
  "knowledge": {"$ref": "#/components/schemas/Differences"}, "world": {"$ref": "#/components/schemas/Differences"}}},
"OneOrMore": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
"Backoff": {"type": "array", "maxItems": 100, "items": {"type": "integer", "minimum": 0, "maximum": 86400}, "description": "seconds before the second, third, ... try"},
"Wants": {"type": "object", "additionalProperties": false, "properties": {"type": {"$ref": "#/components/schemas/Names"}, "stream": {"$ref": "#/components/schemas/Names"},
  "party": {"$ref": "#/components/schemas/Names"}, "tag": {"$ref": "#/components/schemas/Names"}, "measure": {"$ref": "#/components/schemas/Names"}}},
"NewConsumer": {"type": "object", "additionalProperties": false, "description": "replaces all that it wanted; what is left out is as in a new one", "properties": {
  "after": {"$ref": "#/components/schemas/Position", "description": "where a new one begins; one that is there stays where it is"}, "type": {"$ref": "#/components/schemas/OneOrMore"},
  "stream": {"$ref": "#/components/schemas/OneOrMore"}, "party": {"$ref": "#/components/schemas/OneOrMore"}, "tag": {"$ref": "#/components/schemas/OneOrMore"},
  "measure": {"$ref": "#/components/schemas/OneOrMore"}, "lease_seconds": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 30},
  "backoff_seconds": {"$ref": "#/components/schemas/Backoff"}}},
"Consumer": {"type": "object", "required": ["name", "state", "position", "last", "lag", "leased", "parked", "last_error", "asked_at", "visibility", "owner", "backoff_seconds", "wants", "lease_seconds", "follows"], "properties": {
  "name": {"type": "string"}, "state": {"enum": ["stopped", "working", "backing off", "up to date", "behind"]}, "position": {"$ref": "#/components/schemas/Position"},
  "last": {"$ref": "#/components/schemas/Position"}, "lag": {"type": "integer", "minimum": 0}, "leased": {"type": "integer", "minimum": 0}, "parked": {"type": "integer", "minimum": 0},
  "last_error": {"type": ["string", "null"]}, "asked_at": {"$ref": "#/components/schemas/Instant"}, "visibility": {"$ref": "#/components/schemas/Level"}, "owner": {"type": "string"},
  "backoff_seconds": {"$ref": "#/components/schemas/Backoff"}, "wants": {"$ref": "#/components/schemas/Wants"}, "lease_seconds": {"type": "integer"},
  "follows": {"description": "what is told as it by whoever acknowledges up to a position; null: nobody has said so", "anyOf": [{"type": "null"}, {"type": "object", "required": ["view", "visibility"],
    "properties": {"view": {"type": ["string", "null"], "description": "the changes of its rows; null: events"}, "visibility": {"$ref": "#/components/schemas/Level"}}}]}}},
"Consumers": {"type": "array", "items": {"$ref": "#/components/schemas/Consumer"}},
"NextRequest": {"type": "object", "additionalProperties": false, "properties": {
  "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1}, "wait_seconds": {"type": "integer", "minimum": 0, "maximum": 60, "default": 0}}},
"FollowRequest": {"type": "object", "additionalProperties": false, "properties": {
  "follower": {"type": "string", "maxLength": 100, "default": "", "description": "an id of whoever follows, which nobody else can guess: who asks with it again, for his connection broke, takes the place of that connection. Without one a connection that broke is in the way until the server notices it"}}},
"Handed": {"type": "object", "required": ["events"], "properties": {"events": {"type": "array", "items": {"type": "object", "required": ["position", "attempt", "lease", "event"],
  "properties": {"position": {"$ref": "#/components/schemas/Position"}, "attempt": {"type": "integer", "minimum": 1}, "lease": {"type": "string"}, "event": {"$ref": "#/components/schemas/Event"}}}}}},
"Ack": {"oneOf": [
  {"type": "object", "additionalProperties": false, "required": ["events"], "properties": {"events": {"type": "array", "items": {"type": "object", "required": ["position", "lease"],
    "properties": {"position": {"$ref": "#/components/schemas/Position"}, "lease": {"type": "string"}}}}}},
  {"type": "object", "additionalProperties": false, "required": ["up_to"], "properties": {"up_to": {"$ref": "#/components/schemas/Position"},
    "from": {"$ref": "#/components/schemas/Position", "description": "where it must stand"},
    "follows": {"type": "object", "additionalProperties": false, "description": "what is told as it, from now on always the same; 409 where that is something else already", "properties": {
      "view": {"type": "string", "description": "the changes of its rows; left out: events"}, "visibility": {"$ref": "#/components/schemas/Level", "description": "left out: all that the caller may see"}}}}}]},
"Nack": {"type": "object", "additionalProperties": false, "required": ["position", "lease", "reason"], "properties": {"position": {"$ref": "#/components/schemas/Position"},
  "lease": {"type": "string"}, "reason": {"type": "string", "minLength": 1}, "delay_seconds": {"type": "integer", "minimum": 0, "maximum": 86400},
  "park": {"type": "boolean", "description": "true: it is given up now"}}},
"Parked": {"type": "array", "items": {"type": "object", "required": ["position", "attempts", "at", "reason"], "properties": {"position": {"$ref": "#/components/schemas/Position"},
  "attempts": {"type": "integer", "minimum": 0}, "at": {"$ref": "#/components/schemas/Instant"}, "reason": {"type": "string"}}}},
"NewWebhook": {"type": "object", "additionalProperties": false, "description": "replaces all that it wanted; url and secret stay where they are left out", "properties": {
  "url": {"type": "string", "format": "uri", "maxLength": 2048, "description": "http: or https:, without user and fragment"},
  "secret": {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$", "description": "whsec_ and 24 to 64 bytes in Base64 (Standard Webhooks); made where there is none. One that it replaces signs beside it for 24 hours"},
  "after": {"$ref": "#/components/schemas/Position", "description": "where a new one begins, usually at the end of the log; one that is there stays where it is"}, "type": {"$ref": "#/components/schemas/OneOrMore"},
  "stream": {"$ref": "#/components/schemas/OneOrMore"}, "party": {"$ref": "#/components/schemas/OneOrMore"}, "tag": {"$ref": "#/components/schemas/OneOrMore"},
  "measure": {"$ref": "#/components/schemas/OneOrMore"}, "backoff_seconds": {"$ref": "#/components/schemas/Backoff"}}},
"Webhook": {"type": "object", "required": ["url", "sending", "reason", "allowed_rate", "not_before", "ask_again", "former_secrets"], "allOf": [{"$ref": "#/components/schemas/Consumer"}], "properties": {
  "url": {"type": "string"}, "sending": {"type": "string"}, "reason": {"type": "string", "description": "why it sends nothing"},
  "allowed_rate": {"type": ["integer", "null"], "minimum": 1, "description": "requests a minute that the other side allows (WebHook-Allowed-Rate); null: it sets no limit"},
  "not_before": {"$ref": "#/components/schemas/Instant", "description": "nothing is sent sooner, for the rate or a Retry-After; null: at once"},
  "ask_again": {"$ref": "#/components/schemas/Instant", "description": "when the other side is asked again whether it wants events; null: at once, or it has said so"},
  "former_secrets": {"type": "array", "description": "those replaced that still sign, the newest first", "items": {"type": "object", "required": ["signs_until"], "properties": {"signs_until": {"$ref": "#/components/schemas/Instant"}}}},
  "secret": {"type": "string", "description": "only in the answer to who made it without one"}}},
"Webhooks": {"type": "array", "items": {"$ref": "#/components/schemas/Webhook"}}
})";

struct Operation {
  std::string_view name;
  BodyNames bodies;
};
constexpr std::array operations{
    Operation{"POST /v1/events", {"NewEvents", "Appended"}},
    Operation{"GET /v1/events", {"", "Events", "Event"}},
    Operation{"GET /v1/streams/{stream}", {"", "Events", "Event"}},
    Operation{"GET /v1/feed", {"", "", "Event"}},
    Operation{"GET /v1/views/{view}/feed", {"", "", "Change"}},
    Operation{"GET /v1/views/{view}/changes", {"", "", "Change"}},
    Operation{"GET /v1/events/{id}", {"", "EventAndLinks"}},
    Operation{"GET /v1/events/{id}/trace", {"", "Trace"}},
    Operation{"GET /v1/views", {"", "Names"}},
    Operation{"GET /v1/views/{view}", {"", "View"}},
    Operation{"GET /v1/views/{view}/timeline", {"", "Timeline"}},
    Operation{"GET /v1/views/{view}/history", {"", "History"}},
    Operation{"GET /v1/views/{view}/diff", {"", "Diff"}},
    Operation{"GET /v1/consumers", {"", "Consumers"}},
    Operation{"GET /v1/consumers/{name}", {"", "Consumer"}},
    Operation{"PUT /v1/consumers/{name}", {"NewConsumer", "Consumer"}},
    Operation{"POST /v1/consumers/{name}/next", {"NextRequest", "Handed"}},
    Operation{"POST /v1/consumers/{name}/alone", {"FollowRequest", "Consumer"}},
    Operation{"POST /v1/consumers/{name}/ack", {"Ack", "Consumer"}},
    Operation{"POST /v1/consumers/{name}/nack", {"Nack", "Consumer"}},
    Operation{"GET /v1/consumers/{name}/parked", {"", "Parked"}},
    Operation{"POST /v1/consumers/{name}/parked/{position}/replay", {"", "Consumer"}},
    Operation{"DELETE /v1/consumers/{name}/parked/{position}", {"", "Consumer"}},
    Operation{"GET /v1/webhooks", {"", "Webhooks"}},
    Operation{"GET /v1/webhooks/{name}", {"", "Webhook"}},
    Operation{"PUT /v1/webhooks/{name}", {"NewWebhook", "Webhook"}},
    Operation{"GET /v1/webhooks/{name}/parked", {"", "Parked"}},
    Operation{"POST /v1/webhooks/{name}/parked/{position}/replay", {"", "Webhook"}},
    Operation{"DELETE /v1/webhooks/{name}/parked/{position}", {"", "Webhook"}},
};

/// The schema of events, its definitions beside the others.
void add_events(json::object& schemas) {
  std::string text = value_or_throw(json_schema(std::nullopt));
  constexpr std::string_view from = "\"#/$defs/", to = "\"#/components/schemas/";
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  json::object event = json::parse(text).as_object();
  for (auto& [name, schema] : event.at("$defs").as_object()) schemas[name] = schema;
  for (const char* name : {"$defs", "$schema", "$id"}) event.erase(name);
  schemas["Event"] = std::move(event);
}

json::array or_null(std::string_view type) { return {json::string_view(type.data(), type.size()), "null"}; }

/// What is at a path of a state, but for what is below it.
json::object schema_of(const StatePath& field) {
  json::object schema;
  switch (field.kind) {
    case StateKind::text: schema["type"] = or_null("string"); break;
    case StateKind::number: schema["type"] = or_null("number"); break;
    case StateKind::truth: schema["type"] = or_null("boolean"); break;
    case StateKind::list:
    case StateKind::list_of_objects: schema["type"] = "array"; break;
    case StateKind::object: schema = {{"type", or_null("object")}, {"additionalProperties", false}}; break;
    case StateKind::word: {
      json::array words;
      for (const std::string_view word : field.words) words.emplace_back(json::string_view(word.data(), word.size()));
      words.emplace_back(nullptr);
      schema["enum"] = std::move(words);
      break;
    }
    case StateKind::any: break;
  }
  if (!field.description.empty()) schema["description"] = json::string_view(field.description.data(), field.description.size());
  return schema;
}

/// The states of a view: the fields that conditions know.
json::object state_schema(const View& view) {
  json::object root{{"type", "object"}, {"additionalProperties", false}};
  for (const StatePath& field : view.paths()) {
    json::object* here = &root;
    std::string_view path = field.path;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
      here = &here->at("properties").at(json::string_view(path.data(), dot)).as_object();
      path.remove_prefix(dot + 1);
    }
    if (path == "*") (*here)["additionalProperties"] = true;
    else if (json::value& below = (*here)["properties"]; below.is_object()) below.as_object()[json::string_view(path.data(), path.size())] = schema_of(field);
    else below = json::object{{json::string_view(path.data(), path.size()), schema_of(field)}};
  }
  return root;
}

/// `State` is that of any view, or null.
void add_states(json::object& schemas) {
  json::array any{json::object{{"type", "null"}}};
  for (const View* view : all_views()) {
    const std::string name = fmt::format("State.{}", view->name());
    schemas[name] = state_schema(*view);
    any.push_back(json::object{{"$ref", "#/components/schemas/" + name}});
  }
  schemas["State"] = json::object{{"anyOf", std::move(any)}, {"description", "of the view that was asked; null: there is none"}};
}

}  // namespace

json::object body_schemas() {
  json::object schemas = json::parse(json::string_view(schemas_text.data(), schemas_text.size())).as_object();
  add_events(schemas);
  add_states(schemas);
  return schemas;
}

BodyNames bodies_of(std::string_view operation) {
  const auto found = std::find_if(operations.begin(), operations.end(), [&](const Operation& one) { return one.name == operation; });
  return found == operations.end() ? BodyNames{} : found->bodies;
}

}  // namespace chancery::server
