#include "tests/fuzz/inputs.hpp"

#include <cstdlib>
#include <string>

#include "tools/server/http.hpp"
#include "tools/server/posting.hpp"

namespace chancery::fuzz {
namespace {

/// Unlike assert, not to be switched off.
void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

void target(std::string_view bytes) {
  const auto parsed = server::Target::parse(bytes);
  if (!parsed) return must(!parsed.error().found.empty() && !parsed.error().allowed.empty());
  // What was read, written again, reads the same.
  std::string again;
  for (const std::string& segment : parsed->segments) {
    must(segment != "." && segment != "..");
    again += '/' + server::percent_encoded(segment);
  }
  char join = '?';
  for (const auto& [name, value] : parsed->query) {
    again += join + server::percent_encoded(name) + '=' + server::percent_encoded(value);
    join = '&';
  }
  const auto twice = server::Target::parse(again);
  must(twice.has_value() && twice->segments == parsed->segments && twice->query == parsed->query);
}

void accept(std::string_view bytes) {
  const std::vector<server::Media> offered{server::Media::json, server::Media::csv, server::Media::html};
  const auto media = server::negotiate(bytes, offered);
  must(!media || *media == server::Media::json || *media == server::Media::csv || *media == server::Media::html);
}

void body(std::string_view bytes) {
  constexpr std::string_view types[] = {"application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json"};
  if (bytes.empty()) return;
  server::Request request;
  request.headers.emplace_back("content-type", types[static_cast<unsigned char>(bytes.front()) % 4]);
  request.body = bytes.substr(1);
  const auto in = server::events_in(request);
  must(in.errors.size() <= server::bad_events_named_max);
  for (const Error& error : in.errors) must(!error.message().empty());
}

void condition(std::string_view bytes) {
  server::Request request;
  const std::size_t end = bytes.find('\n');
  request.headers.emplace_back("expected-revision", bytes.substr(0, end));
  if (end != std::string_view::npos) request.headers.emplace_back("condition", bytes.substr(end + 1));
  const auto condition = server::condition_of(request, {});
  if (!condition) must(!condition.error().message().empty());
}

}  // namespace chancery::fuzz
