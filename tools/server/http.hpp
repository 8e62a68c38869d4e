#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "tools/format/format.hpp"

/// HTTP as the routes of the server see it: what was asked, and what is answered. Nothing here knows of sockets.
namespace chancery::server {

/// The path and query of a request (RFC 9112, origin-form or absolute-form, whose authority is not looked at), decoded.
struct Target {
  std::vector<std::string> segments;                         ///< of the path, percent-decoded; `/v1/a%2Fb` has two
  std::vector<std::pair<std::string, std::string>> query;    ///< in order; `+` is a blank (the WHATWG's form encoding)

  /// Fails with: refused (no absolute path, a bad escape, bytes that are no UTF-8, a control character, a `.` or `..`).
  static Result<Target> parse(std::string_view text);
  /// Reads `a=b&c=d` alone.
  static Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view field, std::string_view text);
};

/// ASCII letters in lower case, as names of headers and schemes are compared.
std::string lower_case(std::string_view text);
/// Percent-encodes all but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

/// The value of a header in a head that may end anywhere: empty where no whole line says it.
std::string header_in(std::string_view head, std::string_view lower_case_name);

enum class Method : std::uint8_t { get, head, post, put, delete_, options, other };

/// One request, whole but for its body where that is large.
struct Request {
  Method method = Method::get;
  Target target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string peer;      ///< the other side's address, for the access log
  bool trusted = false;  ///< came through the socket in the ledger's folder, which only its owner can open

  /// The value of a header; empty where there is none, joined by `, ` where there are several.
  std::string header(std::string_view lower_case_name) const;
  bool has_header(std::string_view lower_case_name) const;
  /// Whether who asks has an answer already that is there and has this tag; empty: none (RFC 9110, 13.1.2: If-None-Match).
  bool has_already(std::string_view tag) const;
  /// The value of a parameter of the query, the first where there are several.
  std::optional<std::string> parameter(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// What the reader would like best of the formats there are (RFC 9110, "Accept"); `otherwise` where it says nothing. Nothing where it
/// takes none of them.
enum class Media : std::uint8_t { json, ndjson, csv, html, markdown, cloud_event, cloud_events };
std::string_view media_type(Media media);
/// What `format` calls it.
std::string_view format_name(Media media);
std::optional<Media> negotiate(std::string_view accept, const std::vector<Media>& offered);

/// RFC 9457. `field` is what the request called it: an option of a command is called as its parameter is.
Answer problem(int status, std::string_view title, std::string_view detail);
Answer problem(const Error& error);
/// The same with a status of its own.
Answer problem(int status, Error error);
Answer problem(int status, std::string field, std::string found, std::string allowed);
/// Of several that were found, at least one: the first is told as if it were the only one, and each in `errors`.
Answer problem(int status, const std::vector<Error>& errors);
/// The status that goes with an error.
int status_of(const Error& error);
std::string_view reason_of(int status);

}  // namespace chancery::server
