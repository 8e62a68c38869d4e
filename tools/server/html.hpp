#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace chancery::server {

/// Text that stands for itself in HTML, in quotes too.
std::string escaped(std::string_view text);
/// `<a href="URL">TEXT</a>`; the URL is escaped, and must be one of ours or http(s).
std::string link(std::string_view url, std::string_view text);
/// Any JSON value in words: lists by commas, objects as `name: value`, null as nothing.
std::string in_words(const boost::json::value& value);
/// A whole page around its body.
std::string whole_page(std::string_view title, std::string_view body);

}  // namespace chancery::server
