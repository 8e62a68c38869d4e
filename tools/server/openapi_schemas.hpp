#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace chancery::server {

/// The schemas of all bodies of JSON, by name (OpenAPI 3.1, components/schemas): those of events are those of `chancery schema`.
boost::json::object body_schemas();

/// The names of the schemas of what an operation takes and gives as application/json, and of each line or `data:` where it gives many after
/// another; empty: it does not.
struct BodyNames {
  std::string_view takes, gives, item = {};
};
/// `operation` is a method and a path as a route has it (`GET /v1/views/{view}`).
BodyNames bodies_of(std::string_view operation);

}  // namespace chancery::server
