#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What pages read of an answer's JSON, as it was written: the digits of a number and the names of members are kept.
namespace chancery::server {

/// The value of a member; empty where the object has none.
std::string_view member(std::string_view object, std::string_view name);
/// The elements of a list; none where it is no list.
std::vector<std::string_view> elements(std::string_view list);
/// What a text says; any other value as it is written, null and nothing as nothing.
std::string plain_text(std::string_view value);

}  // namespace chancery::server
