#include <algorithm>

#include "tools/server/routes.hpp"

namespace chancery::server {
namespace {

/// The segments of `/v1/views/{view}`.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

bool matches_path(const std::vector<std::string_view>& pattern, const std::vector<std::string>& segments,
                  std::map<std::string, std::string, std::less<>>& values) {
  if (pattern.size() != segments.size()) return false;
  values.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      if (segments[i].empty()) return false;
      values[std::string(pattern[i].substr(1, pattern[i].size() - 2))] = segments[i];
    } else if (pattern[i] != segments[i]) {
      return false;
    }
  }
  return true;
}

struct Compiled {
  std::vector<std::string_view> segments;
  const Route* route;
};

const std::vector<Compiled>& compiled() {
  static const std::vector<Compiled> all = [] {
    std::vector<Compiled> list;
    for (const Route& route : routes()) list.push_back({segments_of(route.path), &route});
    return list;
  }();
  return all;
}

}  // namespace

const std::vector<Route>& routes() {
  // For whoever can give an address alone, such as a link.
  constexpr Parameter format_parameter{"format", "In which of its formats, whatever Accept says: json, ndjson, csv, html, md, cloudevents"};
  const auto is_told_in_formats = [](const Route& route) { return route.method == Method::get && route.path.starts_with("/v1/") && route.gives.size() > 1; };
  static const std::vector<Route> all = [&] {
    std::vector<Route> list;
    add_event_routes(list);
    add_view_routes(list);
    add_feed_routes(list);
    add_consumer_routes(list);
    add_webhook_routes(list);
    add_command_routes(list);
    add_operation_routes(list);
    for (Route& route : list) {
      if (is_told_in_formats(route)) route.query.push_back(format_parameter);
    }
    return list;
  }();
  return all;
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: return "another method";
  }
  return "";
}

Found find_route(Method method, const std::vector<std::string>& segments) {
  Found found;
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Compiled& one : compiled()) {
    std::map<std::string, std::string, std::less<>> values;
    if (!matches_path(one.segments, segments, values)) continue;
    if (one.route->method == wanted) {
      found.route = one.route;
      found.path = std::move(values);
      return found;
    }
    for (const Method allowed : {one.route->method, one.route->method == Method::get ? Method::head : one.route->method}) {
      const std::string name(method_name(allowed));
      if (found.allow.find(name) == std::string::npos) found.allow += (found.allow.empty() ? "" : ", ") + name;
    }
  }
  return found;
}

}  // namespace chancery::server
