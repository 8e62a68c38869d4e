#include "tools/server/consumer_requests.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/json/diagnose.hpp"
#include "core/json/reading.hpp"
#include "core/json/writer.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/wanted.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::size_t tries_max = 100;
// Of each filter: what a caller can have kept is bounded.
constexpr std::size_t wanted_max = 100, wanted_bytes_max = 256;

/// Refuses what Boost.JSON reads all the same: of a key that comes twice it takes the last, and a number beyond all ranges it rounds.
Result<void> check_keys(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(body).get(root)) return Failure(diagnose(body, simdjson::error_message(error)));
  Reading reading(body);
  if (!reading.check_free(Path(), root)) return Failure(*reading.error());
  return {};
}

}  // namespace

Result<Members> Members::read(const std::string& body, std::initializer_list<std::string_view> known) {
  Members members;
  boost::system::error_code error;
  json::value value = body.empty() ? json::value(json::object()) : json::parse(body, error);
  if (error || !value.is_object()) return refused("body", error ? error.message() : "no object", "a JSON object");
  if (auto checked = body.empty() ? Result<void>() : check_keys(body); !checked) return Failure(checked.error());
  members.object_ = std::move(value.as_object());
  for (const auto& [name, unused] : members.object_) {
    if (std::find(known.begin(), known.end(), std::string_view(name.data(), name.size())) == known.end()) {
      return refused(std::string(name), "a member that there is none of", fmt::format("{}", fmt::join(known, ", ")));
    }
  }
  return members;
}

Result<std::uint64_t> Members::number(std::string_view name, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) const {
  const json::value* value = object_.if_contains(name);
  if (!value) return otherwise;
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
  if (!value->is_number() || error || number < least || number > most) return refused(std::string(name), json::serialize(*value), fmt::format("{} to {}", least, most));
  return number;
}

Result<std::optional<std::uint64_t>> Members::perhaps(std::string_view name, std::uint64_t most) const {
  if (!find(name)) return std::nullopt;
  const auto number = this->number(name, 0, 0, most);
  if (!number) return Failure(number.error());
  return std::optional(*number);
}

Result<std::string> Members::text(std::string_view name, std::string otherwise) const {
  const json::value* value = object_.if_contains(name);
  if (!value) return otherwise;
  if (!value->is_string()) return refused(std::string(name), json::serialize(*value), "a text");
  return std::string(value->as_string());
}

Result<bool> Members::flag(std::string_view name) const {
  const json::value* value = find(name);
  if (!value) return false;
  if (!value->is_bool()) return refused(std::string(name), json::serialize(*value), "true, false");
  return value->as_bool();
}

void respond_json(const Exchange& exchange, std::string body, int status) {
  Answer answer;
  answer.status = status;
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.body = std::move(body);
  exchange.respond(Reply(std::move(answer)));
}

void respond_nothing(const Exchange& exchange) {
  Answer answer;
  answer.status = 204;
  exchange.respond(Reply(std::move(answer)));
}

Route json_route(Method method, std::string_view path, std::string_view summary, std::vector<int> statuses, Act act) {
  Route route;
  route.method = method;
  route.path = path;
  route.summary = summary;
  route.needs = Needs::token;
  route.statuses = std::move(statuses);
  route.gives = {"application/json"};
  // A replay says all by its path.
  if (method == Method::put || (method == Method::post && !path.ends_with("/replay"))) {
    route.body = Body::whole;
    route.takes = {"application/json"};
  }
  route.handle = [act = std::move(act)](Services& services, const std::shared_ptr<Exchange>& exchange) {
    if (auto acted = act(services, *exchange); !acted) exchange->respond(Reply(problem(acted.error())));
  };
  return route;
}

Result<ConsumerSettings> settings_of(const Exchange& exchange, const Members& members, std::vector<std::chrono::seconds> backoff_default) {
  ConsumerSettings settings;
  settings.backoff = std::move(backoff_default);
  settings.owner = exchange.caller.name;
  settings.level = exchange.caller.level();
  Request asked;
  for (const std::string_view name : {"type", "stream", "party", "tag", "measure"}) {
    const json::value* value = members.find(name);
    if (!value) continue;
    const json::array list = value->is_array() ? value->as_array() : json::array{*value};
    if (list.size() > wanted_max) return refused(std::string(name), fmt::format("{} texts", list.size()), fmt::format("up to {}", wanted_max));
    for (const json::value& one : list) {
      if (!one.is_string()) return refused(std::string(name), json::serialize(one), "texts");
      if (one.as_string().size() > wanted_bytes_max) return refused(std::string(name), quoted(std::string(one.as_string())), fmt::format("up to {} bytes", wanted_bytes_max));
      asked.target.query.emplace_back(name, std::string(one.as_string()));
    }
  }
  Result<Query> query = query_of(asked);
  if (!query) return Failure(query.error());
  settings.query = std::move(*query);
  const auto lease = members.number("lease_seconds", 30, 1, lease_most_s);
  if (!lease) return Failure(lease.error());
  settings.lease = std::chrono::seconds(*lease);
  if (const json::value* backoff = members.find("backoff_seconds")) {
    settings.backoff.clear();
    const bool list = backoff->is_array() && backoff->as_array().size() <= tries_max;
    for (const json::value& one : list ? backoff->as_array() : json::array{}) {
      boost::system::error_code no_number;
      const auto seconds = one.is_number() ? one.to_number<std::uint64_t>(no_number) : lease_most_s + 1;
      if (no_number || seconds > lease_most_s) return refused("backoff_seconds", json::serialize(one), "seconds before the second, third, ... try");
      settings.backoff.emplace_back(seconds);
    }
    if (!list) return refused("backoff_seconds", json::serialize(*backoff), "a list of seconds before the second, third, ... try");
  }
  return settings;
}

std::string instant_text(Moment moment) { return format_instant(std::chrono::floor<std::chrono::microseconds>(moment)); }

bool may_use(const Caller& caller, const std::string& owner) { return caller.role == Role::admin || (caller.known && caller.name == owner); }

MayUse may_use(const Exchange& exchange) {
  return [&exchange](const std::string& owner) { return may_use(exchange.caller, owner); };
}

namespace {

/// What a consumer wants, as it was asked for: an object with a list for each filter there is.
std::string wants_of(const Query& query) {
  std::string out;
  ObjectWriter object(out);
  const std::pair<std::string_view, const std::vector<std::string>*> filters[] = {
      {"type", &query.types}, {"stream", &query.streams}, {"party", &query.parties}, {"tag", &query.tags}, {"measure", &query.measures}};
  for (const auto& [name, texts] : filters) {
    if (texts->empty()) continue;
    object.name(name);
    for (const std::string& text : *texts) {
      out += &text == &texts->front() ? '[' : ',';
      append_string(out, text);
    }
    out += ']';
  }
  object.close();
  return out;
}

std::string follows_json(const std::optional<Follows>& follows) {
  if (!follows) return "null";
  return fmt::format(R"({{"view":{},"visibility":"{}"}})", follows->view.empty() ? "null" : cli::json_text(follows->view), word(follows->level));
}

}  // namespace

std::string state_members(const Services& services, const Consumer& consumer, bool stopped) {
  const Now now = Now::read();
  const Position last = services.ledger->last();
  const std::size_t leased = consumer.leased(now);
  const auto due = consumer.next_due();
  const std::string full = consumer.stopped_because(), &error = full.empty() ? consumer.last_error() : full;
  const std::string_view state = stopped || !full.empty() ? "stopped" : leased > 0 ? "working" : due && *due > now.steady ? "backing off" : consumer.position() >= last ? "up to date" : "behind";
  std::string out;
  ObjectWriter object(out);
  const auto text = [&](std::string_view name, std::string_view value) { object.name(name), append_string(out, value); };
  const auto number = [&](std::string_view name, std::uint64_t value) { object.name(name), append_number(out, value); };
  text("name", consumer.name());
  text("state", state);
  number("position", consumer.position());
  number("last", last);
  number("lag", last - std::min(last, consumer.position()));
  number("leased", leased);
  number("parked", consumer.parked().size());
  object.name("last_error");
  if (error.empty()) out += "null";
  else append_string(out, error);
  object.name("asked_at");
  if (const auto asked = consumer.asked_at()) append_string(out, instant_text(*asked));
  else out += "null";
  text("visibility", word(consumer.settings().level));
  text("owner", consumer.settings().owner);
  object.name("backoff_seconds");
  out += '[';
  for (const auto& seconds : consumer.settings().backoff) {
    if (out.back() != '[') out += ',';
    append_number(out, static_cast<std::uint64_t>(seconds.count()));
  }
  out += ']';
  object.name("wants");
  out += wants_of(consumer.settings().query);
  number("lease_seconds", static_cast<std::uint64_t>(consumer.settings().lease.count()));
  object.name("follows");
  out += follows_json(consumer.follows());
  return out.substr(1);
}

std::string parked_json(const Consumer& consumer) {
  std::string out = "[";
  for (const auto& [position, one] : consumer.parked()) {
    out += (out.size() > 1 ? ",\n" : "\n") + fmt::format("{{\"position\":{},\"attempts\":{},\"at\":\"{}\",\"reason\":{}}}", position, one.attempts, instant_text(one.at), cli::json_text(one.reason));
  }
  return out + "\n]\n";
}

}  // namespace chancery::server
