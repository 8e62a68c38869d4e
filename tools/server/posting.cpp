#include "tools/server/posting.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "core/json/cloud_event.hpp"
#include "core/json/writer.hpp"
#include "tools/chancery/expectations.hpp"
#include "tools/chancery/printed.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/access.hpp"
#include "tools/server/wanted.hpp"

namespace chancery::server {
namespace {

enum class Form : std::uint8_t { native, native_lines, cloud_event, cloud_events };

constexpr std::string_view media_types = "application/json, application/x-ndjson, application/cloudevents+json, application/cloudevents-batch+json";

Result<Form> form_of(const Request& request) {
  if (request.has_header("ce-specversion")) return refused("Content-Type", "a CloudEvent in binary mode (ce-specversion)", "structured mode: " + std::string(media_types));
  std::string type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  if (type == "application/json" || type.empty()) return Form::native;
  if (type == "application/x-ndjson" || type == "application/jsonl" || type == "application/ndjson") return Form::native_lines;
  if (type == "application/cloudevents+json") return Form::cloud_event;
  if (type == "application/cloudevents-batch+json") return Form::cloud_events;
  return refused("Content-Type", quoted(type), std::string(media_types));
}

/// One reader a thread: making one costs more than an event.
Result<Given> read_one(Form form, std::string_view json) {
  thread_local EventReader native;
  thread_local CloudEventReader cloud;
  return form == Form::cloud_event || form == Form::cloud_events ? cloud.read(json) : native.read(json);
}

/// Gathers events, and what is wrong with those that are none.
class Gathering {
 public:
  explicit Gathering(Form form) : form_(form) {}

  /// False: more need not be looked at.
  bool add(std::string_view json, const std::string& where) {
    if (count_++ >= commit_events_max) return add(Error{ErrorKind::refused, "events", "more in one commit", fmt::format("up to {}", commit_events_max)}), false;
    Result<Given> given = read_one(form_, json);
    if (!given) {
      Error error = given.error();
      error.field = where + error.field;
      return add(std::move(error));
    }
    if (in_.errors.empty()) in_.events.push_back(std::move(*given));
    return true;
  }
  bool add(Error error) {
    in_.errors.push_back(std::move(error));
    return in_.errors.size() < bad_events_named_max;
  }
  std::size_t count() const { return count_; }
  void pass() { ++count_; }
  EventsIn taken() { return std::move(in_); }

 private:
  const Form form_;
  std::size_t count_ = 0;
  EventsIn in_;
};

EventsIn lines_in(const std::string& body) {
  Gathering gathering(Form::native_lines);
  std::size_t number = 0;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    std::string_view line = std::string_view(body).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    at = end + 1;
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (!gathering.add(line, fmt::format("line {}: ", number))) break;
  }
  return gathering.taken();
}

/// The elements of a JSON list, each by itself. What is wrong with the list ends it.
Result<void> gather_list(Gathering& gathering, const std::string& body) {
  const auto broken = [](simdjson::error_code error) { return refused("body", simdjson::error_message(error), "a JSON list of events"); };
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array list;
  if (const auto error = parser.iterate(padded).get(document)) return broken(error);
  if (const auto error = document.get_array().get(list)) return broken(error);
  for (auto element : list) {
    simdjson::ondemand::value value;
    if (const auto error = element.get(value)) return broken(error);
    std::string_view text;
    // An element is whole by its brackets; whether it is good JSON, its reader says.
    simdjson::ondemand::object object;
    const auto error = value.get_object().get(object);
    if (error == simdjson::INCORRECT_TYPE) {
      if (!gathering.add(Error{ErrorKind::refused, fmt::format("[{}]", gathering.count()), "no JSON object", "an event"})) return {};
      gathering.pass();
      continue;
    }
    if (error) return broken(error);
    if (const auto bad = object.raw_json().get(text)) return broken(bad);
    if (!gathering.add(text, fmt::format("[{}].", gathering.count()))) return {};
  }
  const char* rest = nullptr;
  if (!document.current_location().get(rest)) return refused("body", "something after the list", "one list");
  return {};
}

EventsIn list_in(Form form, const std::string& body) {
  Gathering gathering(form);
  if (const auto gathered = gather_list(gathering, body); !gathered) gathering.add(gathered.error());
  return gathering.taken();
}

/// The stream of all events, where it is one.
std::optional<std::string> only_stream(const std::vector<Given>& events) {
  for (const Given& given : events) {
    if (given.event.stream.empty() || given.event.stream != events.front().event.stream) return std::nullopt;
  }
  return events.empty() ? std::nullopt : std::optional(events.front().event.stream);
}

constexpr std::string_view one_revision = "N, none, exists or any, of the one stream of the events; or STREAM=REV, joined by commas";

Result<void> read_expected(Condition& condition, const std::string& header, const std::vector<Given>& events) {
  if (header.empty()) return refused("Expected-Revision", "nothing", std::string(one_revision));
  for (std::size_t at = 0; at <= header.size();) {
    const std::size_t end = std::min(header.find(',', at), header.size());
    std::string one = header.substr(at, end - at);
    at = end + 1;
    one.erase(0, std::min(one.find_first_not_of(' '), one.size()));
    one.erase(one.find_last_not_of(' ') + 1);
    Result<std::optional<Expected>> expected = std::optional<Expected>();
    if (one.find('=') != std::string::npos) {
      expected = cli::Expectations::parse_one("Expected-Revision", one);
    } else if (const auto stream = only_stream(events)) {
      expected = cli::Expectations::parse_one("Expected-Revision", *stream + '=' + one);
      if (!expected) return refused("Expected-Revision", quoted(one), std::string(one_revision));
    } else {
      return refused("Expected-Revision", quoted(one) + " for events of several streams", "STREAM=REV, joined by commas");
    }
    if (!expected) return Failure(expected.error());
    if (*expected) condition.streams.push_back(std::move(**expected));
  }
  return {};
}

Result<void> read_condition(Condition& condition, const std::string& header) {
  const auto allowed = "type, stream, party, tag and measure as in a query, and after=POSITION";
  auto query = Target::parse_query("Condition", header);
  if (!query) return Failure(query.error());
  Request asked;
  bool has_after = false;
  for (auto& [name, value] : *query) {
    if (value.empty()) return refused("Condition: " + name, "nothing", allowed);
    if (name == "after") {
      if (std::exchange(has_after, true)) return refused("Condition: after", "it more than once", "it once");
      const auto position = cli::position_in("pos:" + value);
      if (!position) return refused("Condition: after", quoted(value), "a position");
      condition.after = *position;
    } else if (name == "type" || name == "stream" || name == "party" || name == "tag" || name == "measure") {
      asked.target.query.emplace_back(name, value);
    } else {
      return refused("Condition", quoted(name), allowed);
    }
  }
  Result<Query> none = query_of(asked);
  if (!none) {
    Error error = none.error();
    error.field = "Condition: " + error.field.substr(error.field.find_first_not_of('-'));
    return Failure(std::move(error));
  }
  if (wants_all(*none) && asked.target.query.empty() && query->empty()) return refused("Condition", quoted(header), allowed);
  condition.none_matches = std::move(*none);
  return {};
}

/// An expectation is called as the header in which it was said.
Error by_header(Error error) {
  constexpr std::string_view expect = "expect ";
  if (error.field == "condition") error.field = "Condition";
  if (!error.field.starts_with(expect)) return error;
  error.allowed += " of stream " + error.field.substr(expect.size());
  error.field = "Expected-Revision";
  return error;
}

/// Beside what a person reads of a conflict, the actual revision (null: no events) or position as a number.
Answer conflict(const Error& error) {
  Answer answer = problem(by_header(error));
  const std::string_view found = error.found;
  std::string_view name, number = found.substr(found.rfind(' ') + 1);
  if (found == "no events") number = "null", name = "actual_revision";
  else if (found.starts_with("revision ")) name = "actual_revision";
  else if (found.find("at position ") != std::string_view::npos) name = "actual_position";
  if (name.empty()) return answer;
  answer.body.resize(answer.body.rfind('}'));
  answer.body += fmt::format(",\"{}\":{}}}\n", name, number);
  return answer;
}

/// What broke is for those who run it; whoever recorded must know that he cannot know.
Answer failed(const Caller& caller, const Error& error) {
  if (error.kind == ErrorKind::conflict) return conflict(error);
  const Answer whole = problem_for(caller, error);
  if (error.kind != ErrorKind::disk || caller.owner || caller.role == Role::admin) return whole;
  return problem(Error{ErrorKind::disk, "ledger", "a write that failed: whether the events are recorded is unknown", "the same events again, with the same ids, when /readyz says ready"});
}

Answer answer_of(const Caller& caller, const Result<Appended>& appended) {
  if (!appended) return failed(caller, appended.error());
  Answer answer;
  answer.status = 200;
  answer.body = fmt::format("{{\"position\":{},\"events\":[", appended->last);
  for (const AppendedEvent& event : appended->events) {
    if (&event != &appended->events.front()) answer.body += ',';
    answer.body += cli::result_row(event);
    if (event.fresh) answer.status = 201;
  }
  answer.body += "]}\n";
  answer.headers.emplace_back("Chancery-Position", std::to_string(appended->last));
  answer.headers.emplace_back("Cache-Control", "no-store");
  if (appended->events.size() == 1) answer.headers.emplace_back("Location", "/v1/events/" + percent_encoded(appended->events.front().id.text));
  return answer;
}

}  // namespace

EventsIn events_in(const Request& request) {
  const auto bad = [](Error error) { return EventsIn{{}, {std::move(error)}}; };
  const Result<Form> form = form_of(request);
  if (!form) return bad(form.error());
  const std::size_t first = request.body.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return bad({ErrorKind::refused, "body", "nothing", "an event, or several"});
  if (*form == Form::native_lines) return lines_in(request.body);
  if (request.body[first] == '[' && *form != Form::cloud_event) return list_in(*form, request.body);
  if (*form == Form::cloud_events) return bad({ErrorKind::refused, "body", "no list", "a JSON list of CloudEvents"});
  Gathering gathering(*form);
  gathering.add(request.body, "");
  return gathering.taken();
}

Result<Condition> condition_of(const Request& request, const std::vector<Given>& events) {
  Condition condition;
  // A guard that is there and empty is somebody's mistake, not no guard.
  for (const auto& [name, value] : request.headers) {
    if ((name == "expected-revision" || name == "condition") && value.empty()) {
      return refused(name == "condition" ? "Condition" : "Expected-Revision", "nothing", "what is expected, or no such header");
    }
  }
  if (std::count_if(request.headers.begin(), request.headers.end(), [](const auto& header) { return header.first == "condition"; }) > 1) {
    return refused("Condition", "it more than once", "it once");
  }
  if (request.has_header("expected-revision")) {
    if (auto read = read_expected(condition, request.header("expected-revision"), events); !read) return Failure(read.error());
  }
  if (request.has_header("condition")) {
    if (auto read = read_condition(condition, request.header("condition")); !read) return Failure(read.error());
  }
  return condition;
}

void post_events(Services& services, const std::shared_ptr<Exchange>& exchange, By by) {
  auto [events, errors] = events_in(exchange->request);
  if (!errors.empty()) return exchange->respond(Reply(problem(errors.front().field == "Content-Type" ? 415 : 400, errors)));
  if (events.empty()) return exchange->respond(Reply(problem(Error{ErrorKind::refused, "body", "no events", "one or more"})));
  const Result<Condition> condition = condition_of(exchange->request, events);
  if (!condition) return exchange->respond(Reply(problem(condition.error())));
  if (const Position last = services.ledger->last(); condition->after > last) {
    return exchange->respond(Reply(problem(Error{ErrorKind::refused, "Condition: after", std::to_string(condition->after), fmt::format("0 to {}", last)})));
  }
  if (!exchange->caller.name.empty()) {
    for (Given& given : events) given.recorded_by = exchange->caller.name;
  }
  const auto begun = std::chrono::steady_clock::now();
  auto appended = [&services, exchange, begun](Result<Appended> appended) {
    services.metrics.appends.fetch_add(1, std::memory_order_relaxed);
    const auto fresh = appended ? std::count_if(appended->events.begin(), appended->events.end(), [](const AppendedEvent& event) { return event.fresh; }) : 0;
    services.metrics.events_appended.fetch_add(static_cast<std::uint64_t>(fresh), std::memory_order_relaxed);
    // What is refused, or known already, never went to the disk.
    if (fresh > 0) services.metrics.append_seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    exchange->respond(Reply(answer_of(exchange->caller, appended)));
  };
  if (by == By::worker) services.ledger->submit(std::move(events), *condition, std::move(appended));
  else exchange->to_commit = services.ledger->submit_here(std::move(events), *condition, std::move(appended));
}

}  // namespace chancery::server
