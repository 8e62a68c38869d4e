#include "tools/server/http.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>

#include "core/json/writer.hpp"
#include "tools/format/text.hpp"

namespace chancery::server {
namespace {

namespace urls = boost::urls;

Failure bad_target(std::string found) {
  return refused("target", std::move(found), "an absolute path with percent-encoded UTF-8, and a query of NAME=VALUE joined by &");
}

bool is_text(std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return !control && simdjson::validate_utf8(text);
}

// What may stand there as it is (RFC 3986, pchar); in a query also `/` and `?`, and `+` for a blank.
constexpr std::string_view path_characters = "-._~!$&'()*+,;=:@", query_characters = "-._~!$&'()*+,;=:@/?";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Text that was percent-encoded; nothing where it is not, or is no text. (Boost.URL 1.81 reads beyond the end of a query that does not
/// end its buffer.)
std::optional<std::string> decoded(std::string_view encoded, std::string_view plain) {
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const char c = encoded[i];
    if (c == '%') {
      const int high = i + 2 < encoded.size() ? hex_digit(encoded[i + 1]) : -1, low = high >= 0 ? hex_digit(encoded[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plain == query_characters) {
      out += ' ';
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || std::count(plain.begin(), plain.end(), c) > 0) {
      out += c;
    } else {
      return std::nullopt;
    }
  }
  return is_text(out) ? std::optional(out) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The next element of a list and what is left of it.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view first = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return first;
}

struct Wish {
  std::string type;
  double quality = 1;
};

Wish wish_of(std::string_view element) {
  Wish wish{lower_case(cut(element, ';')), 1};
  while (!element.empty()) {
    std::string_view parameter = cut(element, ';');
    if (lower_case(cut(parameter, '=')) != "q") continue;
    double quality = 0;
    const auto [end, error] = std::from_chars(parameter.data(), parameter.data() + parameter.size(), quality);
    wish.quality = error == std::errc() && end == parameter.data() + parameter.size() && quality >= 0 && quality <= 1 ? quality : 0;
  }
  return wish;
}

/// What a request said may be any bytes; an answer is text.
void append_text(std::string& out, std::string_view bytes) { append_string(out, in_utf8(bytes)); }

/// How exactly a wish names a type: 0 not at all, 1 any, 2 any of its kind, 3 itself.
int exactness(const std::string& wish, std::string_view type) {
  if (wish == "*/*") return 1;
  if (wish.ends_with("/*")) return type.starts_with(std::string_view(wish).substr(0, wish.size() - 1)) ? 2 : 0;
  if (wish == type) return 3;
  // Other names that are in use for the same.
  if (type == "application/x-ndjson" && (wish == "application/jsonl" || wish == "application/ndjson")) return 3;
  return 0;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> Target::parse_query(std::string_view field, std::string_view text) {
  std::vector<std::pair<std::string, std::string>> query;
  const auto bad = [&] { return refused(std::string(field), quoted(text), "NAME=VALUE joined by &, percent-encoded UTF-8 without control characters"); };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string_view one = text.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = std::min(one.find('='), one.size());
    auto name = decoded(one.substr(0, equals), query_characters), value = decoded(one.substr(std::min(equals + 1, one.size())), query_characters);
    if (!name || !value) return bad();
    if (!name->empty()) query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

namespace {

/// What is left of an absolute-form without its scheme and authority.
std::string_view origin_form(std::string_view text) {
  constexpr std::string_view mark = "://";
  const std::size_t at = text.find(mark);
  const std::string scheme = lower_case(text.substr(0, at == std::string_view::npos ? 0 : at));
  if (scheme != "http" && scheme != "https") return text;
  const std::size_t path = text.find_first_of("/?", at + mark.size());
  if (path == std::string_view::npos) return "/";
  return text[path] == '?' ? text : text.substr(path);
}

}  // namespace

Result<Target> Target::parse(std::string_view whole) {
  const std::string_view text = origin_form(whole);
  Target target;
  const std::size_t mark = std::min(text.find('?'), text.size());
  const std::string_view path = text.substr(0, mark);
  if (!path.starts_with('/')) return bad_target(quoted(text));
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    auto segment = decoded(path.substr(at, end - at), path_characters);
    if (!segment || *segment == "." || *segment == "..") return bad_target(quoted(text));
    target.segments.push_back(std::move(*segment));
    at = end + 1;
  }
  auto query = parse_query("target", text.substr(std::min(mark + 1, text.size())));
  if (!query) return Failure(query.error());
  target.query = std::move(*query);
  return target;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string header_in(std::string_view head, std::string_view lower_case_name) {
  for (std::size_t at = 0, end = 0; (end = head.find("\r\n", at)) != std::string_view::npos; at = end + 2) {
    const std::string_view line = head.substr(at, end - at);
    if (line.empty()) return {};
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && lower_case(line.substr(0, colon)) == lower_case_name) return std::string(trimmed(line.substr(colon + 1)));
  }
  return {};
}

std::string percent_encoded(std::string_view text) {
  return urls::encode(urls::string_view(text.data(), text.size()), urls::unreserved_chars);
}

std::string Request::header(std::string_view lower_case_name) const {
  std::string joined;
  for (const auto& [name, value] : headers) {
    if (name != lower_case_name) continue;
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  return joined;
}

bool Request::has_header(std::string_view lower_case_name) const {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return header.first == lower_case_name; });
}

bool Request::has_already(std::string_view tag) const {
  const std::string list = header("if-none-match");
  if (trimmed(list) == "*") return true;
  if (tag.empty()) return false;
  // Between quotes a comma and a blank are of the tag; W/ before them makes no difference here (the weak comparison, 8.8.3.2).
  for (std::size_t open = list.find('"'); open != std::string::npos;) {
    const std::size_t close = list.find('"', open + 1);
    if (close == std::string::npos) return false;
    if (std::string_view(list).substr(open, close + 1 - open) == tag) return true;
    open = list.find('"', close + 1);
  }
  return false;
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view media_type(Media media) {
  switch (media) {
    case Media::json: return "application/json";
    case Media::ndjson: return "application/x-ndjson";
    case Media::csv: return "text/csv";
    case Media::html: return "text/html";
    case Media::markdown: return "text/markdown";
    case Media::cloud_event: return "application/cloudevents+json";
    case Media::cloud_events: return "application/cloudevents-batch+json";
  }
  return "application/octet-stream";
}

std::string_view format_name(Media media) {
  switch (media) {
    case Media::json: return "json";
    case Media::ndjson: return "ndjson";
    case Media::csv: return "csv";
    case Media::html: return "html";
    case Media::markdown: return "md";
    case Media::cloud_event:
    case Media::cloud_events: return "cloudevents";
  }
  return "";
}

std::optional<Media> negotiate(std::string_view accept, const std::vector<Media>& offered) {
  if (trimmed(accept).empty()) return offered.front();
  std::vector<Wish> wishes;
  while (!accept.empty()) wishes.push_back(wish_of(cut(accept, ',')));
  std::optional<Media> best;
  double best_quality = 0;
  int best_exact = 0;
  for (const Media media : offered) {
    // The wish that names it most exactly decides.
    int exact = 0;
    double quality = 0;
    for (const Wish& wish : wishes) {
      if (const int now = exactness(wish.type, media_type(media)); now > exact) {
        exact = now;
        quality = wish.quality;
      }
    }
    // Of types that are wished for alike, one that is named goes before one that is anything.
    if (quality > best_quality || (quality > 0 && quality == best_quality && exact > best_exact)) {
      best = media;
      best_quality = quality;
      best_exact = exact;
    }
  }
  return best;
}

Answer problem(int status, std::string_view title, std::string_view detail) {
  Answer answer;
  answer.status = status;
  answer.content_type = "application/problem+json";
  ObjectWriter object(answer.body);
  object.name("type");
  append_text(answer.body, "about:blank");
  object.name("title");
  append_text(answer.body, title.empty() ? reason_of(status) : title);
  object.name("status");
  append_number(answer.body, static_cast<std::uint64_t>(status));
  if (!detail.empty()) {
    object.name("detail");
    append_text(answer.body, detail);
  }
  object.close();
  answer.body += '\n';
  return answer;
}

Answer problem(const Error& error) { return problem(status_of(error), error); }

Answer problem(int status, Error error) {
  if (error.field.starts_with("--")) error.field.erase(0, 2);
  Answer answer = problem(status, "", error.message());
  answer.body.resize(answer.body.rfind('}'));
  for (const auto& [name, value] : {std::pair("field", &error.field), std::pair("found", &error.found), std::pair("allowed", &error.allowed)}) {
    answer.body += fmt::format(",\"{}\":", name);
    append_text(answer.body, *value);
  }
  answer.body += "}\n";
  return answer;
}

Answer problem(int status, const std::vector<Error>& errors) {
  Answer answer = problem(status, errors.front());
  answer.body.resize(answer.body.rfind('}'));
  answer.body += ",\"errors\":[";
  for (const Error& error : errors) {
    if (&error != &errors.front()) answer.body += ',';
    ObjectWriter object(answer.body);
    for (const auto& [name, value] : {std::pair("field", &error.field), std::pair("found", &error.found), std::pair("allowed", &error.allowed)}) {
      object.name(name);
      append_text(answer.body, *value);
    }
    object.close();
  }
  answer.body += "]}\n";
  return answer;
}

Answer problem(int status, std::string field, std::string found, std::string allowed) {
  return problem(status, Error{ErrorKind::refused, std::move(field), std::move(found), std::move(allowed)});
}

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::refused: return 400;
    case ErrorKind::conflict: return 409;
    case ErrorKind::not_found: return 404;
    case ErrorKind::in_use: return 503;
    case ErrorKind::newer_format:
    case ErrorKind::corrupt: return 500;
    case ErrorKind::disk: return 503;
  }
  return 500;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

}  // namespace chancery::server
