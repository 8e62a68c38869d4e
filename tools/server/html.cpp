#include "tools/server/html.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::string_view style =
    "body{font:16px/1.5 Georgia,serif;max-width:70rem;margin:0 auto;padding:1rem;color:#111;background:#fff}"
    "nav a{margin-right:1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;"
    "border-bottom:1px solid #ccc}th{border-bottom:2px solid #111}dt{font-weight:bold}dd{margin:0 0 .4rem 1.5rem}"
    "form label{display:inline-block;margin:0 1rem .5rem 0}input{font:inherit;padding:.1rem .3rem}code{font-size:.9em}"
    ".note{color:#444}blockquote{margin:.2rem 0 .2rem 1.5rem;font-style:italic}"
    "@media print{nav,form{display:none}a{color:#111}}";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string link(std::string_view url, std::string_view text) {
  const bool good = url.starts_with("/") || url.starts_with("http://") || url.starts_with("https://");
  return good ? fmt::format("<a href=\"{}\">{}</a>", escaped(url), escaped(text)) : escaped(text);
}

std::string in_words(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  std::string out;
  if (value.is_array()) {
    for (const json::value& one : value.as_array()) out += (out.empty() ? "" : ", ") + in_words(one);
    return out;
  }
  if (value.is_object()) {
    const json::object& object = value.as_object();
    const auto* low = object.if_contains("low");
    const auto* high = object.if_contains("high");
    if (low && high && object.size() == 2) {
      if (high->is_null()) return in_words(*low) + " or more";
      return *low == *high ? in_words(*low) : in_words(*low) + " to " + in_words(*high);
    }
    for (const auto& [name, one] : object) {
      if (const std::string words = in_words(one); !words.empty()) out += (out.empty() ? "" : "; ") + std::string(name) + ": " + words;
    }
    return out;
  }
  return json::serialize(value);
}

std::string whole_page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title><style>{}</style></head>\n"
      "<body><nav><a href=\"/\">Chancery</a><a href=\"/v1/events?order=newest\">log</a></nav>\n<h1>{}</h1>\n{}\n</body></html>\n",
      escaped(title), style, escaped(title), body);
}

}  // namespace chancery::server
