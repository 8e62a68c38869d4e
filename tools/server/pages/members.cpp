#include "tools/server/pages/members.hpp"

#include "core/json/raw.hpp"

namespace chancery::server {

std::string_view member(std::string_view object, std::string_view name) {
  if (!object.starts_with('{')) return {};
  for (RawItems items(object); items.next();) {
    if (unescaped(items.key()) == name) return items.value();
  }
  return {};
}

std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> values;
  if (!list.starts_with('[')) return values;
  for (RawItems items(list); items.next();) values.push_back(items.value());
  return values;
}

std::string plain_text(std::string_view value) {
  if (value.empty() || value == "null") return {};
  return value.front() == '"' ? unescaped(value) : std::string(value);
}

}  // namespace chancery::server
