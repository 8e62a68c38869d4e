#include "tools/server/host_names.hpp"

#include <algorithm>

namespace chancery::server {
namespace {

constexpr std::size_t host_bytes_max = 253, label_bytes_max = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_host_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > host_bytes_max) return false;
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_'; };
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view label = name.substr(at, end - at);
    if (label.empty() || label.size() > label_bytes_max || !std::all_of(label.begin(), label.end(), good)) return false;
    at = end + 1;
  }
  return true;
}

bool names_a_host(std::string_view name) {
  // No domain at the top is a number (RFC 3696, 2): that is how an IPv4 address is told from a name.
  const std::string_view top = name.substr(name.rfind('.') + 1);
  return is_host_name(name) && !top.empty() && !std::all_of(top.begin(), top.end(), is_digit);
}

}  // namespace chancery::server
