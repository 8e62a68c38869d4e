#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tools/server/routes.hpp"
#include "tools/server/http.hpp"
#include "tools/server/openapi_schemas.hpp"

/// The routes, told to others (OpenAPI 3.1).
namespace chancery::server {
namespace {

namespace json = boost::json;

json::object text_schema() { return {{"type", "string"}}; }

json::string text(std::string_view view) { return json::string(view.data(), view.size()); }

json::object parameter(std::string_view place, const Parameter& one) {
  json::object object{{"name", text(one.name)}, {"in", text(place)}, {"description", text(one.description)}, {"required", one.required || place == "path"}};
  if (one.many) object["schema"] = json::object{{"type", "array"}, {"items", text_schema()}};
  else object["schema"] = text_schema();
  if (one.flag) {
    object["schema"] = json::object{{"enum", {"true", ""}}};
    object["allowEmptyValue"] = true;
  }
  return object;
}

json::array parameters_of(const Route& route) {
  json::array all;
  for (std::size_t at = route.path.find('{'); at != std::string_view::npos; at = route.path.find('{', at + 1)) {
    const std::string_view name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    all.push_back(parameter("path", {name, "Percent-encoded, its / too", false, true}));
  }
  for (const Parameter& one : route.query) all.push_back(parameter("query", one));
  for (const Parameter& one : route.headers) all.push_back(parameter("header", one));
  return all;
}

/// A body of JSON has the schema of that name, CloudEvents have one of their own; a body of another type is told by its type. OpenAPI 3.1
/// has no word for what each of many in one body is: hence x-item-schema.
json::object content_of(const std::vector<std::string_view>& types, std::string_view schema, std::string_view item = {}) {
  json::object content;
  for (const std::string_view type : types) {
    json::object& media = content[type].emplace_object();
    std::string_view name;
    if (type == "application/json" || type == "application/problem+json") name = schema;
    else if (type == "application/cloudevents+json") name = "CloudEvent";
    else if (type == "application/cloudevents-batch+json") name = "CloudEvents";
    const bool of_items = type == "application/x-ndjson" || type == "text/event-stream";
    if (of_items && !item.empty()) media["x-item-schema"] = json::object{{"$ref", "#/components/schemas/" + std::string(item)}};
    if (!name.empty()) media["schema"] = json::object{{"$ref", "#/components/schemas/" + std::string(name)}};
  }
  return content;
}

BodyNames bodies_of(const Route& route) { return server::bodies_of(fmt::format("{} {}", method_name(route.method), route.path)); }

json::object responses_of(const Route& route) {
  json::object responses;
  const auto add = [&](int status) {
    json::object response{{"description", text(reason_of(status))}};
    if (status >= 400) response["content"] = content_of({"application/problem+json"}, "Problem");
    else if (status != 304 && status != 204 && status != 101) response["content"] = content_of(route.gives, bodies_of(route).gives, bodies_of(route).item);
    responses[std::to_string(status)] = std::move(response);
  };
  for (const int status : route.statuses) add(status);
  for (const int status : {400, 401, 415}) add(status);
  if (route.gives.size() > 1) add(406);
  if (route.body != Body::none) add(413);
  if (std::any_of(route.query.begin(), route.query.end(), [](const Parameter& one) { return one.name == "min_position"; })) add(503);
  if (route.needs != Needs::nothing) add(403);
  return responses;
}

json::object operation_of(const Route& route) {
  json::object operation{{"summary", text(route.summary)}, {"parameters", parameters_of(route)}, {"responses", responses_of(route)}};
  std::string name(method_name(route.method));
  for (const char c : route.path) name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  operation["operationId"] = name;
  if (!route.takes.empty()) operation["requestBody"] = json::object{{"required", route.method != Method::put && !route.path.ends_with("/next")}, {"content", content_of(route.takes, bodies_of(route).takes)}};
  if (route.needs == Needs::nothing) operation["security"] = json::array{};
  return operation;
}

}  // namespace

std::string openapi(const std::string& url) {
  json::object paths;
  for (const Route& route : routes()) {
    auto& item = paths[route.path];
    if (!item.is_object()) item.emplace_object();
    item.as_object()[lower_case(method_name(route.method))] = operation_of(route);
  }
  json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Chancery"}, {"version", "1"}, {"summary", "An append-only ledger of diplomatic actions"}}},
      {"servers", json::array{json::object{{"url", url}}}},
      {"security", json::array{json::object{{"token", json::array{}}}}},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", body_schemas()}, {"securitySchemes", json::object{{"token", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}}}};
  return json::serialize(document) + '\n';
}

}  // namespace chancery::server
