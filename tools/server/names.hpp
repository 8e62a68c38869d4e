#pragma once

#include <algorithm>
#include <string_view>

namespace chancery::server {

/// Whether it can be the name of a consumer or a webhook, which is a file's name too; what they may be is told by good_names.
inline bool good_name(std::string_view name, std::string_view marks = "._-") {
  const auto good = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos; };
  return !name.empty() && name.front() != '.' && name.size() <= 64 && std::all_of(name.begin(), name.end(), good);
}
inline constexpr std::string_view good_names = "1-64 letters, digits and ._-, no dot first";

/// The same of a token, which may look like an address of e-mail.
inline bool good_token_name(std::string_view name) { return good_name(name, "._@-"); }
inline constexpr std::string_view good_token_names = "1-64 letters, digits and ._@-, no dot first";

}  // namespace chancery::server
