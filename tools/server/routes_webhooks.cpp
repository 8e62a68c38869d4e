#include "core/json/writer.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/consumer_requests.hpp"
#include "tools/server/names.hpp"
#include "tools/server/signature.hpp"

/// The webhooks: /v1/webhooks.
namespace chancery::server {
namespace {

/// The caller's webhook of that name. Fails with: not_found.
Result<Webhook> mine(Services& services, const Exchange& exchange) {
  auto webhook = services.webhooks.find(exchange.at("name"));
  if (!webhook || !may_use(exchange.caller, webhook->owner)) return no_such("webhook", exchange.at("name"));
  return std::move(*webhook);
}

/// How fast it may be sent to, when it is asked again whether it may, and which secrets sign beside its own; of them no more than until when.
void add_pace(ObjectWriter& object, std::string& out, const Webhook& webhook) {
  const Now now = Now::read();
  object.name("allowed_rate");
  if (webhook.rate) append_number(out, *webhook.rate);
  else out += "null";
  const auto moment = [&](std::string_view name, std::chrono::steady_clock::time_point when) {
    object.name(name);
    if (when > now.steady) append_string(out, instant_text(now.system + (when - now.steady)));
    else out += "null";
  };
  moment("not_before", webhook.not_before);
  moment("ask_again", webhook.state == Webhook::State::asking ? webhook.ask_again : now.steady);
  object.name("former_secrets");
  out += '[';
  for (const FormerSecret& one : webhook.former) {
    if (one.until <= now.system) continue;
    if (out.back() != '[') out += ',';
    out += "{\"signs_until\":";
    append_string(out, instant_text(one.until));
    out += '}';
  }
  out += ']';
}

/// `secret` only where it was made just now.
Result<std::string> described(Services& services, const Webhook& webhook, bool with_secret) {
  std::string out;
  ObjectWriter object(out);
  const auto text = [&](std::string_view name, std::string_view value) { object.name(name), append_string(out, value); };
  text("url", webhook.url);
  text("sending", state_name(webhook.state));
  text("reason", webhook.reason);
  if (with_secret) text("secret", webhook.secret);
  add_pace(object, out, webhook);
  auto used = services.webhooks.consumers().with(webhook.name, [&](Consumer& consumer, bool&) -> Result<void> {
    object.members(state_members(services, consumer, webhook.state == Webhook::State::stopped));
    return {};
  });
  if (!used) return Failure(used.error());
  object.close();
  return out;
}

Result<void> put(Services& services, const Exchange& exchange) {
  const auto members = Members::read(exchange.request.body, {"url", "secret", "after", "type", "stream", "party", "tag", "measure", "backoff_seconds"});
  if (!members) return Failure(members.error());
  const std::string& name = exchange.at("name");
  if (!good_name(name)) return refused("name", quoted(name), std::string(good_names));
  Webhooks::Wanted wanted;
  for (const auto& [member, into] : {std::pair("url", &wanted.url), std::pair("secret", &wanted.secret)}) {
    if (!members->find(member)) continue;
    auto text = members->text(member, "");
    if (!text) return Failure(text.error());
    *into = std::move(*text);
  }
  Result<ConsumerSettings> settings = settings_of(exchange, *members, {});
  if (!settings) return Failure(settings.error());
  wanted.settings = std::move(*settings);
  const auto after = members->number("after", services.ledger->last(), 0, services.ledger->last());
  if (!after) return Failure(after.error());
  wanted.after = *after;
  const auto put = services.webhooks.put(name, std::move(wanted), may_use(exchange));
  if (!put) return Failure(put.error());
  Result<std::string> body = described(services, put->webhook, put->fresh && !members->find("secret"));
  if (!body) return Failure(body.error());
  respond_json(exchange, *body + '\n', put->fresh ? 201 : 200);
  return {};
}

Result<void> list(Services& services, const Exchange& exchange) {
  std::string out = "[";
  for (const Webhook& webhook : services.webhooks.list()) {
    if (!may_use(exchange.caller, webhook.owner)) continue;
    if (const auto body = described(services, webhook, false)) out += (out.size() > 1 ? ",\n" : "\n") + *body;
  }
  respond_json(exchange, out + "\n]\n");
  return {};
}

Result<void> show(Services& services, const Exchange& exchange) {
  const auto webhook = mine(services, exchange);
  if (!webhook) return Failure(webhook.error());
  const auto body = described(services, *webhook, false);
  if (!body) return Failure(body.error());
  respond_json(exchange, *body + '\n');
  return {};
}

Result<void> remove(Services& services, const Exchange& exchange) {
  if (auto removed = services.webhooks.remove(exchange.at("name"), may_use(exchange)); !removed) return removed;
  respond_nothing(exchange);
  return {};
}

Result<void> parked(Services& services, const Exchange& exchange) {
  if (const auto webhook = mine(services, exchange); !webhook) return Failure(webhook.error());
  std::string body;
  auto used = services.webhooks.consumers().with(exchange.at("name"), [&](Consumer& consumer, bool&) -> Result<void> {
    body = parked_json(consumer);
    return {};
  });
  if (!used) return used;
  respond_json(exchange, std::move(body));
  return {};
}

Result<void> change_parked(Services& services, const Exchange& exchange, bool replay) {
  if (const auto webhook = mine(services, exchange); !webhook) return Failure(webhook.error());
  const auto position = cli::position_in("pos:" + exchange.at("position"));
  if (!position) return refused("position", quoted(exchange.at("position")), "a position");
  auto used = services.webhooks.consumers().with(exchange.at("name"), [&](Consumer& consumer, bool& changed) -> Result<void> {
    changed = true;
    return replay ? consumer.replay_parked(*position) : consumer.drop_parked(*position);
  });
  if (!used) return used;
  services.webhooks.look();
  return show(services, exchange);
}

}  // namespace

void add_webhook_routes(std::vector<Route>& routes) {
  const auto add = [&](Method method, std::string_view path, std::string_view summary, std::vector<int> statuses, auto act) {
    routes.push_back(json_route(method, path, summary, std::move(statuses), act));
  };
  add(Method::get, "/v1/webhooks", "The webhooks: what each sends, how far it is, and why it does not", {200}, list);
  add(Method::get, "/v1/webhooks/{name}", "One of them", {200, 404}, show);
  add(Method::put, "/v1/webhooks/{name}", "Sends events to `url` from now on (or `after` a position): type, stream, party, tag, measure; the answer to the first has the secret. 409: the name is another's, or the caller has 100", {200, 201, 400, 409}, put);
  add(Method::delete_, "/v1/webhooks/{name}", "Sends no more", {204, 404}, remove);
  add(Method::get, "/v1/webhooks/{name}/parked", "What was given up after the last try, and why", {200, 404}, parked);
  add(Method::post, "/v1/webhooks/{name}/parked/{position}/replay", "It is sent once more", {200, 400, 404},
      [](Services& services, const Exchange& exchange) { return change_parked(services, exchange, true); });
  add(Method::delete_, "/v1/webhooks/{name}/parked/{position}", "It is never sent", {200, 400, 404},
      [](Services& services, const Exchange& exchange) { return change_parked(services, exchange, false); });
}

}  // namespace chancery::server
