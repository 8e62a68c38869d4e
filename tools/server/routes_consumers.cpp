#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "tools/chancery/http_client.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/access.hpp"
#include "tools/server/consumer_requests.hpp"
#include "tools/server/names.hpp"

/// The consumers: /v1/consumers.
namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::size_t next_most = 1000;
constexpr std::uint64_t wait_most_s = 60;
constexpr std::chrono::seconds try_again_every{1};  // for what is due again, of which nothing tells

std::string state_object(const Services& services, const Consumer& consumer) { return '{' + state_members(services, consumer) + '}'; }

std::string state_line(const Services& services, const Consumer& consumer) { return state_object(services, consumer) + '\n'; }

Result<void> use(Services& services, const Exchange& exchange, const std::function<Result<void>(Consumer&, bool&)>& act) {
  return services.consumers.with(exchange.at("name"), [&](Consumer& consumer, bool& changed) -> Result<void> {
    if (!may_use(exchange.caller, consumer.settings().owner)) return no_such("consumer", exchange.at("name"));
    return act(consumer, changed);
  });
}

/// The same, with an answer that is given when all that must be kept is on the disk.
Result<void> use_and_answer(Services& services, const Exchange& exchange, const std::function<Result<std::string>(Consumer&, bool&)>& act, int status = 200) {
  std::string body;
  auto used = use(services, exchange, [&](Consumer& consumer, bool& changed) -> Result<void> {
    Result<std::string> answer = act(consumer, changed);
    if (!answer) return Failure(answer.error());
    body = std::move(*answer);
    return {};
  });
  if (used) respond_json(exchange, std::move(body), status);
  return used;
}

Result<void> put(Services& services, const Exchange& exchange) {
  const auto members = Members::read(exchange.request.body, {"after", "type", "stream", "party", "tag", "measure", "lease_seconds", "backoff_seconds"});
  if (!members) return Failure(members.error());
  if (!good_name(exchange.at("name"))) return refused("name", quoted(exchange.at("name")), std::string(good_names));
  Result<ConsumerSettings> settings = settings_of(exchange, *members, ConsumerSettings().backoff);
  if (!settings) return Failure(settings.error());
  const auto after = members->number("after", 0, 0, services.ledger->last());
  if (!after) return Failure(after.error());
  const Result<bool> fresh = services.consumers.put(exchange.at("name"), std::move(*settings), *after, may_use(exchange));
  if (!fresh) return Failure(fresh.error());
  return use_and_answer(services, exchange, [&](Consumer& consumer, bool&) -> Result<std::string> { return state_line(services, consumer); }, *fresh ? 201 : 200);
}

Result<void> list(Services& services, const Exchange& exchange) {
  std::string out = "[";
  for (const std::string& name : services.consumers.names()) {
    static_cast<void>(services.consumers.with(name, [&](Consumer& consumer, bool&) -> Result<void> {
      if (may_use(exchange.caller, consumer.settings().owner)) out += (out.size() > 1 ? ",\n" : "\n") + state_object(services, consumer);
      return {};
    }));
  }
  respond_json(exchange, out + "\n]\n");
  return {};
}

Result<void> show(Services& services, const Exchange& exchange) {
  return use_and_answer(services, exchange, [&](Consumer& consumer, bool&) -> Result<std::string> { return state_line(services, consumer); });
}

Result<void> remove(Services& services, const Exchange& exchange) {
  if (auto removed = services.consumers.remove(exchange.at("name"), may_use(exchange)); !removed) return removed;
  respond_nothing(exchange);
  return {};
}

std::string handed_json(const std::vector<Handed>& handed) {
  std::string out = "{\"events\":[";
  for (const Handed& one : handed) {
    out += &one == &handed.front() ? "\n" : ",\n";
    out += fmt::format("{{\"position\":{},\"attempt\":{},\"lease\":\"{}\",\"event\":", one.position, one.attempt, one.lease);
    write_recorded(out, one.event);
    out += '}';
  }
  return out + "]}\n";
}

Result<void> next(Services& services, const Exchange& asked_by) {
  const auto exchange = asked_by.shared_from_this();
  const auto members = Members::read(exchange->request.body, {"limit", "wait_seconds"});
  if (!members) return Failure(members.error());
  const auto limit = members->number("limit", 1, 1, next_most);
  if (!limit) return Failure(limit.error());
  const auto wait = members->number("wait_seconds", 0, 0, wait_most_s);
  if (!wait) return Failure(wait.error());
  const auto attempt = [&services, exchange, most = *limit](bool last) {
    // What is handed to nobody would come again only when its lease has ended.
    if (exchange->left) return exchange->respond(to_nobody()), true;
    if (!is_still(services, *exchange)) {
      exchange->respond(Reply(is_no_longer()));
      return true;
    }
    std::vector<Handed> handed;
    const auto asked = guarded([&] {
      return use(services, *exchange, [&](Consumer& consumer, bool& changed) -> Result<void> {
        auto next = consumer.next(*services.ledger, exchange->caller.level(), most, Now::read(), changed);
        if (!next) return Failure(next.error());
        handed = std::move(*next);
        return {};
      });
    });
    if (asked && handed.empty() && !last) return false;
    if (asked) respond_json(*exchange, handed_json(handed));
    else exchange->respond(Reply(problem(asked.error())));
    return true;
  };
  if (*wait == 0) static_cast<void>(attempt(true));
  else services.waiting.answer(attempt, Waiting::Clock::now() + std::chrono::seconds(*wait), try_again_every);
  return {};
}

/// For as long as the connection lasts, or until the same follower asks through another. Another follower that has just ended is waited for
/// until it is noticed.
Result<void> follow_alone(Services& services, const std::shared_ptr<Exchange>& exchange) {
  constexpr std::chrono::seconds noticed_within{2};
  constexpr std::size_t follower_bytes_max = 100;
  const auto members = Members::read(exchange->request.body, {"follower"});
  if (!members) return Failure(members.error());
  const auto follower = members->text("follower", "");
  if (!follower) return Failure(follower.error());
  if (follower->size() > follower_bytes_max) return refused("follower", fmt::format("{} bytes", follower->size()), fmt::format("up to {}", follower_bytes_max));
  const auto attempt = [&services, exchange, follower = *follower](bool last) {
    // One that is gone must not take the place of the connection that came after it.
    if (exchange->left) return exchange->respond(to_nobody()), true;
    const std::string& name = exchange->at("name");
    Reply reply;
    const auto allowed = use(services, *exchange, [&](Consumer& consumer, bool&) -> Result<void> {
      const std::string& owner = consumer.settings().owner;
      reply.answer.body = state_line(services, consumer);
      if (owner == exchange->caller.name) return {};
      return failure(ErrorKind::conflict, "name", fmt::format("{}, which is {}'s", quoted(name), owner.empty() ? "the ledger's owner" : owner), "a name that nobody has, or one's own");
    });
    if (!allowed) return exchange->respond(Reply(problem(allowed.error()))), true;
    reply.held = services.consumers.follow_alone(name, follower, [exchange] { exchange->left = true; });
    if (!reply.held && !last) return false;
    if (!reply.held) {
      reply = Reply(problem(Error{ErrorKind::conflict, "name", quoted(name) + ", as which another process follows", "another name, or when it has ended"}));
    } else {
      reply.answer.headers.emplace_back("Cache-Control", "no-store");
      reply.answer.headers.emplace_back(cli::HttpClient::pings_header, std::to_string(services.config.ping_seconds));
    }
    exchange->respond(std::move(reply));
    return true;
  };
  services.waiting.answer(attempt, Waiting::Clock::now() + noticed_within, noticed_within / 4);
  return {};
}

Result<std::vector<Lease>> given_back(const json::array& events) {
  std::vector<Lease> all;
  for (const json::value& one : events) {
    const auto* position = one.is_object() ? one.as_object().if_contains("position") : nullptr;
    const auto* lease = one.is_object() ? one.as_object().if_contains("lease") : nullptr;
    boost::system::error_code no_position;
    const auto number = position && position->is_number() ? position->to_number<Position>(no_position) : 0;
    if (no_position || number == 0 || !lease || !lease->is_string()) return refused("events", json::serialize(one), "{position, lease}");
    all.push_back({number, std::string(lease->as_string())});
  }
  return all;
}

/// The member `follows`, where it is there.
Result<std::optional<Follows>> follows_of(const Exchange& exchange, const Members& members) {
  const json::value* value = members.find("follows");
  if (!value) return std::nullopt;
  const auto asked = value->is_object() ? Members::read(json::serialize(*value), {"view", "visibility"}) : refused("follows", json::serialize(*value), "{view, visibility}");
  if (!asked) return Failure(asked.error());
  const auto view = asked->text("view", ""), visibility = asked->text("visibility", std::string(word(exchange.caller.level())));
  if (!view) return Failure(view.error());
  if (!visibility) return Failure(visibility.error());
  if (!view->empty()) {
    if (const auto found = find_view(*view); !found) return Failure(found.error());
  }
  const auto level = cli::level_within("visibility", *visibility, exchange.caller.level());
  if (!level) return Failure(level.error());
  return Follows{*view, *level};
}

/// What was handed out, by position and lease; or all up to a position.
Result<void> acknowledge(Services& services, const Exchange& exchange) {
  const auto members = Members::read(exchange.request.body, {"events", "up_to", "from", "follows"});
  if (!members) return Failure(members.error());
  const auto up_to = members->perhaps("up_to", services.ledger->last());
  if (!up_to) return Failure(up_to.error());
  const auto from = members->perhaps("from", services.ledger->last());
  if (!from) return Failure(from.error());
  const auto follows = follows_of(exchange, *members);
  if (!follows) return Failure(follows.error());
  const json::value* events = members->find("events");
  if (events && *follows) return refused("follows", "with events", "with up_to");
  if ((events != nullptr) == up_to->has_value() || (events && !events->is_array())) {
    return refused("body", "neither or both of them", "events: a list of {position, lease}, or up_to: a position");
  }
  const auto given = given_back(events ? events->as_array() : json::array());
  if (!given) return Failure(given.error());
  return use_and_answer(services, exchange, [&](Consumer& consumer, bool& changed) -> Result<std::string> {
    changed = true;
    const auto done = *up_to ? consumer.acknowledge_up_to(**up_to, *from, *follows) : consumer.acknowledge(*given, Now::read());
    if (!done) return Failure(done.error());
    return state_line(services, consumer);
  });
}

Result<void> send_back(Services& services, const Exchange& exchange) {
  const auto members = Members::read(exchange.request.body, {"position", "lease", "reason", "delay_seconds", "park"});
  if (!members) return Failure(members.error());
  const auto position = members->number("position", 0, 1, services.ledger->last());
  if (!position) return Failure(position.error());
  const auto lease = members->text("lease", ""), reason = members->text("reason", "");
  if (!lease) return Failure(lease.error());
  if (!reason) return Failure(reason.error());
  if (reason->empty()) return refused("reason", "nothing", "why it is sent back");
  const auto delay = members->perhaps("delay_seconds", lease_most_s);
  if (!delay) return Failure(delay.error());
  const auto park = members->flag("park");
  if (!park) return Failure(park.error());
  return use_and_answer(services, exchange, [&](Consumer& consumer, bool& changed) -> Result<std::string> {
    const auto wait = *delay ? std::optional(std::chrono::seconds(**delay)) : std::nullopt;
    if (auto back = consumer.send_back(*position, *lease, *reason, wait, *park, Now::read()); !back) return Failure(back.error());
    changed = true;
    return state_line(services, consumer);
  });
}

Result<void> parked(Services& services, const Exchange& exchange) {
  return use_and_answer(services, exchange, [](Consumer& consumer, bool&) -> Result<std::string> { return parked_json(consumer); });
}

Result<void> change_parked(Services& services, const Exchange& exchange, bool replay) {
  const auto position = cli::position_in("pos:" + exchange.at("position"));
  if (!position) return refused("position", quoted(exchange.at("position")), "a position");
  return use_and_answer(services, exchange, [&](Consumer& consumer, bool& changed) -> Result<std::string> {
    if (auto done = replay ? consumer.replay_parked(*position) : consumer.drop_parked(*position); !done) return Failure(done.error());
    changed = true;
    return state_line(services, consumer);
  });
}

}  // namespace

void add_consumer_routes(std::vector<Route>& routes) {
  const auto add = [&](Method method, std::string_view path, std::string_view summary, std::vector<int> statuses, auto act) {
    routes.push_back(json_route(method, path, summary, std::move(statuses), act));
  };
  add(Method::get, "/v1/consumers", "The consumers: position, lag, state and last error of each", {200}, list);
  add(Method::get, "/v1/consumers/{name}", "One of them", {200, 404}, show);
  add(Method::put, "/v1/consumers/{name}", "Makes it (after: where a new one begins; one that is there stays where it is), or changes what it wants: type, stream, party, tag, measure, lease_seconds, backoff_seconds. 409: the name is another's, or the caller has 100", {200, 201, 400, 409}, put);
  add(Method::delete_, "/v1/consumers/{name}", "Forgets it", {204, 404}, remove);
  add(Method::post, "/v1/consumers/{name}/next", "Leases up to `limit` events, waiting up to `wait_seconds` for the first", {200, 400, 404, 409}, next);
  add(Method::post, "/v1/consumers/{name}/alone", "Follows as it alone for as long as the connection lasts: its state, then a line end each ping-seconds. Whoever asks again as the same `follower` takes his own place at once, and the connection before is ended. 409: another follows, or it is another's", {200, 400, 404, 409}, Act());
  routes.back().follows = true;
  routes.back().handle = [](Services& services, const std::shared_ptr<Exchange>& exchange) {
    if (auto asked = follow_alone(services, exchange); !asked) exchange->respond(Reply(problem(asked.error())));
  };
  add(Method::post, "/v1/consumers/{name}/ack", "Done: events of {position, lease}, or all up_to a position, if it stands at `from` and what is told as it is what `follows` says", {200, 400, 404, 409}, acknowledge);
  add(Method::post, "/v1/consumers/{name}/nack", "Not done: {position, lease, reason}; comes again after delay_seconds, or is parked", {200, 400, 404, 409}, send_back);
  add(Method::get, "/v1/consumers/{name}/parked", "What was given up after the last try, and why", {200, 404}, parked);
  add(Method::post, "/v1/consumers/{name}/parked/{position}/replay", "It comes once more", {200, 400, 404},
      [](Services& services, const Exchange& exchange) { return change_parked(services, exchange, true); });
  add(Method::delete_, "/v1/consumers/{name}/parked/{position}", "It never comes again", {200, 400, 404},
      [](Services& services, const Exchange& exchange) { return change_parked(services, exchange, false); });
}

}  // namespace chancery::server
