#pragma once

#include <span>

#include "tools/server/exchange.hpp"

namespace chancery::server {

struct Services;

enum class Needs : std::uint8_t {
  nothing,   ///< anybody
  reading,   ///< a token, unless reading is open
  token,     ///< a token, whatever its role
  recording, ///< recorder or admin
  admin,     ///< admin
};

/// How a request's body is taken.
enum class Body : std::uint8_t { none, whole, file };

struct Parameter {
  std::string_view name;
  std::string_view description;
  bool many = false, required = false;
  bool flag = false;  ///< asks for something by being there: without a value, or `true`
};

/// One way in. What it takes and gives is told here once: it is checked against, and told to others in /openapi.json.
struct Route {
  Method method = Method::get;
  std::string_view path;       ///< `/v1/views/{view}`
  std::string_view summary;
  Needs needs = Needs::reading;
  Body body = Body::none;
  bool follows = false;        ///< goes on for ever
  bool upgrades = false;       ///< may go on as a WebSocket
  bool quick = false;          ///< answers at once or calls back: done by the thread that reads requests, so it has no min_position to wait for
  std::vector<Parameter> query;
  std::vector<Parameter> headers;
  std::vector<std::string_view> takes, gives;  ///< media types
  std::vector<int> statuses;   ///< besides those of any route
  std::function<void(Services&, const std::shared_ptr<Exchange>&)> handle;
};

/// All of them.
const std::vector<Route>& routes();
void add_event_routes(std::vector<Route>& routes);
void add_view_routes(std::vector<Route>& routes);
void add_feed_routes(std::vector<Route>& routes);
void add_consumer_routes(std::vector<Route>& routes);
void add_webhook_routes(std::vector<Route>& routes);
void add_command_routes(std::vector<Route>& routes);
void add_operation_routes(std::vector<Route>& routes);

/// The route of a request and the values of its path; the methods that its path has where it has not this one.
struct Found {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> path;
  std::string allow;
};
Found find_route(Method method, const std::vector<std::string>& segments);
std::string_view method_name(Method method);

/// The OpenAPI 3.1 document of all routes.
std::string openapi(const std::string& url);

}  // namespace chancery::server
