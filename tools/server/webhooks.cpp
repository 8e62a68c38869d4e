#include "tools/server/webhooks.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/json/cloud_event.hpp"
#include "tools/chancery/http_client.hpp"
#include "tools/server/access.hpp"
#include "tools/server/networks.hpp"
#include "tools/server/signature.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "webhook/";
constexpr std::size_t couriers = 4, sends_in_turn = 50;
constexpr std::chrono::seconds longest_send{15}, ask_again_after{30}, retry_after_most{24 * 3600};
constexpr std::array<std::string_view, 3> states{"asking", "sending", "stopped"};

struct Where {
  std::string base, target;
};

Result<Where> where_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const auto bad = [&] { return refused("url", quoted(url), "https://HOST/PATH or http://HOST/PATH, without user and fragment"); };
  if (parsed.has_error() || !parsed->has_authority() || parsed->has_userinfo() || parsed->has_fragment()) return bad();
  const std::string scheme(parsed->scheme().data(), parsed->scheme().size());
  if (scheme != "https" && scheme != "http") return bad();
  const auto authority = parsed->encoded_authority();
  const std::string base = scheme + "://" + std::string(authority.data(), authority.size());
  std::string target = url.substr(base.size());
  if (!target.starts_with('/')) target = '/' + target;
  return Where{base, target};
}

}  // namespace

std::string_view state_name(Webhook::State state) { return states[static_cast<std::size_t>(state)]; }

Webhooks::Webhooks(Ledger& ledger, const Config& config, const Tokens& tokens)
    : ledger_(ledger), config_(config), tokens_(tokens), consumers_(ledger, "courier/"), couriers_(couriers) {}

Webhooks::~Webhooks() { stop(); }

void Webhooks::stop() {
  stopping_ = true;
  couriers_.join();
}

Result<void> Webhooks::load() {
  if (auto loaded = consumers_.load(); !loaded) return loaded;
  const auto kept = ledger_.kept(prefix);
  if (!kept) return Failure(kept.error());
  for (const auto& [name, value] : *kept) {
    try {
      const json::value parsed = json::parse(value);
      const auto text = [&](std::string_view member) { return std::string(parsed.as_object().at(member).as_string()); };
      Webhook webhook{name.substr(prefix.size()), text("url"), text("secret"), text("owner"), Webhook::State::asking, text("reason")};
      for (std::size_t i = 0; i < states.size(); ++i) {
        if (text("state") == states[i]) webhook.state = static_cast<Webhook::State>(i);
      }
      const std::string own_name = webhook.name;
      all_[own_name] = {std::move(webhook), {}};
    } catch (const std::exception& broken) {
      return failure(ErrorKind::corrupt, name, broken.what(), "what chancery serve kept");
    }
  }
  return {};
}

Result<void> Webhooks::keep(const Webhook& webhook) {
  const json::object object{{"url", webhook.url}, {"secret", webhook.secret}, {"owner", webhook.owner}, {"state", json::string(state_name(webhook.state))}, {"reason", webhook.reason}};
  return ledger_.keep({{std::string(prefix) + webhook.name, json::serialize(object)}});
}

Result<bool> Webhooks::put(Webhook webhook, ConsumerSettings settings, Position after) {
  const Result<Where> where = where_of(webhook.url);
  if (!where) return Failure(where.error());
  if (auto signed_ = sign(webhook.secret, "", 0, ""); !signed_) return Failure(signed_.error());
  // The schedule that Standard Webhooks proposes.
  using std::chrono::seconds;
  settings.lease = longest_send * 4;
  if (settings.backoff.empty()) settings.backoff = {seconds(5), seconds(300), seconds(1800), seconds(7200), seconds(18000), seconds(36000), seconds(50400), seconds(72000), seconds(86400)};
  Result<bool> fresh = consumers_.put(webhook.name, settings, after);
  if (!fresh) return fresh;
  if (auto kept = keep(webhook); !kept) return Failure(kept.error());
  {
    const std::lock_guard lock(mutex_);
    One& one = all_[webhook.name];
    one.webhook = std::move(webhook);
    one.ask_again = {};
  }
  look();
  return fresh;
}

Result<void> Webhooks::remove(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (all_.erase(name) == 0) return failure(ErrorKind::not_found, "name", quoted(name), "a webhook that there is");
  }
  if (auto removed = consumers_.remove(name); !removed) return removed;
  return ledger_.keep({{std::string(prefix) + name, std::nullopt}});
}

std::optional<Webhook> Webhooks::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(name);
  return found == all_.end() ? std::nullopt : std::optional(found->second.webhook);
}

std::vector<Webhook> Webhooks::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Webhook> list;
  for (const auto& [name, one] : all_) list.push_back(one.webhook);
  return list;
}

void Webhooks::look() {
  if (stopping_) return;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (auto& [name, one] : all_) {
    if (busy_.contains(name) || one.webhook.state == Webhook::State::stopped) continue;
    if (one.webhook.state == Webhook::State::asking && now < one.ask_again) continue;
    busy_.insert(name);
    boost::asio::post(couriers_, [this, own_name = name] { run(own_name); });
  }
}

/// Sends until nothing is due, or others have waited long enough. One courier at a time for each webhook.
void Webhooks::run(const std::string& name) {
  try {
    std::size_t turns = sends_in_turn;
    for (auto webhook = find(name); webhook && !stopping_ && webhook->state != Webhook::State::stopped && turns > 0; webhook = find(name), --turns) {
      if (webhook->state == Webhook::State::asking && !ask(*webhook)) break;
      if (!send_next(*webhook)) break;
    }
  } catch (const std::exception& broken) {
    log_line("error", {{"webhook", name}, {"what", broken.what()}});
  }
  {
    const std::lock_guard lock(mutex_);
    busy_.erase(name);
  }
}

/// Of a webhook as it was looked at: one that was put to another address meanwhile is another.
void Webhooks::set_state(const Webhook& webhook, Webhook::State state, const std::string& reason) {
  std::optional<Webhook> changed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = all_.find(webhook.name);
    if (found == all_.end() || found->second.webhook.url != webhook.url) return;
    if (found->second.webhook.state != state || found->second.webhook.reason != reason) {
      log_line("webhook", {{"webhook", webhook.name}, {"sending", std::string(state_name(state))}, {"reason", reason}});
    }
    found->second.webhook.state = state;
    found->second.webhook.reason = reason;
    found->second.ask_again = std::chrono::steady_clock::now() + ask_again_after;
    changed = found->second.webhook;
  }
  value_or_throw(keep(*changed));
}

/// OPTIONS with WebHook-Request-Origin; whoever wants events answers with WebHook-Allowed-Origin.
bool Webhooks::ask(Webhook& webhook) {
  const Where where = value_or_throw(where_of(webhook.url));
  cli::HttpClient client = value_or_throw(cli::HttpClient::of_url(where.base, ""));
  client.limit(longest_send, [this](const std::string& address) { return may_reach(address, config_.webhook_networks); });
  const auto answer = client.request("OPTIONS", where.target, {{"WebHook-Request-Origin", source_}, {"WebHook-Request-Rate", "*"}}, {}, {});
  std::string why;
  if (!answer) {
    why = answer.error().found;
  } else {
    const std::string allowed = answer->header("webhook-allowed-origin");
    if (answer->status / 100 == 2 && (allowed == "*" || allowed == source_)) {
      set_state(webhook, Webhook::State::sending, "");
      const auto now = find(webhook.name);
      if (!now || now->state != Webhook::State::sending) return false;
      webhook = *now;
      return true;
    }
    why = fmt::format("it answers {} to OPTIONS with WebHook-Allowed-Origin {}", answer->status, quoted(allowed));
  }
  set_state(webhook, Webhook::State::asking, why);
  return false;
}

Webhooks::Sent Webhooks::post(const Webhook& webhook, const Handed& handed) const {
  const Where where = value_or_throw(where_of(webhook.url));
  cli::HttpClient client = value_or_throw(cli::HttpClient::of_url(where.base, ""));
  client.limit(longest_send, [this](const std::string& address) { return may_reach(address, config_.webhook_networks); });
  std::string body;
  write_cloud_event(body, handed.event, ledger_.source());
  const std::string id = fmt::format("{}-{}", webhook.name, handed.position);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::string signature = value_or_throw(sign(webhook.secret, id, seconds, body));
  const cli::HttpClient::Body sent{body.size(), [&body, begun = false]() mutable { return std::exchange(begun, true) ? std::string() : body; }};
  const auto answer = client.request("POST", where.target,
                                     {{"Content-Type", "application/cloudevents+json"}, {"webhook-id", id}, {"webhook-timestamp", std::to_string(seconds)}, {"webhook-signature", signature}}, sent, {});
  if (!answer) return {0, answer.error().found, std::nullopt};
  Sent outcome{answer->status, fmt::format("it answers {}", answer->status), std::nullopt};
  const std::string after = answer->header("retry-after");
  std::int64_t wait = 0;
  const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), wait);
  if (!after.empty() && error == std::errc() && end == after.data() + after.size() && wait >= 0) outcome.retry_after = std::min(std::chrono::seconds(wait), retry_after_most);
  return outcome;
}

/// What whoever made it may see now; nothing if the token is no more.
Result<std::optional<Visibility>> Webhooks::level_of_owner(const Webhook& webhook) const {
  if (webhook.owner.empty()) return std::optional(Visibility::restricted);
  const auto tokens = tokens_.list();
  if (!tokens) return Failure(tokens.error());
  for (const Token& token : *tokens) {
    if (token.name == webhook.owner) return std::optional(level_of(token.role));
  }
  return std::nullopt;
}

/// False: nothing is due, or it stops.
bool Webhooks::send_next(const Webhook& webhook) {
  const std::optional<Visibility> level = value_or_throw(level_of_owner(webhook));
  if (!level) {
    set_state(webhook, Webhook::State::stopped, "the token of " + webhook.owner + ", which made it, is revoked");
    return false;
  }
  std::optional<Handed> handed;
  value_or_throw(consumers_.with(webhook.name, [&](Consumer& consumer, bool& changed) -> Result<void> {
    auto next = consumer.next(ledger_, *level, 1, std::chrono::system_clock::now(), changed);
    if (!next.empty()) handed = std::move(next.front());
    return {};
  }));
  if (!handed) return false;
  const Sent sent = post(webhook, *handed);
  const auto now = std::chrono::system_clock::now();
  const auto settled = consumers_.with(webhook.name, [&](Consumer& consumer, bool& changed) -> Result<void> {
    changed = true;
    if (sent.status / 100 == 2) return consumer.acknowledge(handed->position, handed->lease, now);
    return consumer.send_back(handed->position, handed->lease, sent.why, sent.retry_after, false, now);
  });
  if (!settled) log_line("error", {{"webhook", webhook.name}, {"what", settled.error().message()}});
  if (sent.status == 410) {
    set_state(webhook, Webhook::State::stopped, "it answers 410: it is gone");
    return false;
  }
  return true;
}

}  // namespace chancery::server
