#include "tools/server/webhooks.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <limits>

#include "core/json/cloud_event.hpp"
#include "tools/chancery/http_client.hpp"
#include "tools/server/access.hpp"
#include "tools/server/networks.hpp"
#include "tools/server/signature.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "webhook/";
constexpr std::size_t couriers = 16, of_one_owner = 4, sends_in_turn = 50;
static_assert(of_one_owner < couriers, "no owner takes all couriers");
// What is left of webhooks that were removed does not count.
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
constexpr std::chrono::seconds longest_send{15}, longest_turn{5}, ask_again_after{30};
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
    : ledger_(ledger), config_(config), tokens_(tokens), consumers_(ledger, "courier/", unlimited), turns_(couriers, of_one_owner), couriers_(couriers) {}

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
      Webhook webhook{name.substr(prefix.size()), text("url"), text("secret"), text("owner"), Webhook::State::asking, text("reason"), {}};
      for (std::size_t i = 0; i < states.size(); ++i) {
        if (text("state") == states[i]) webhook.state = static_cast<Webhook::State>(i);
      }
      const std::string own_name = webhook.name, owner = webhook.owner;
      all_.add(own_name, owner, std::move(webhook));
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

Result<Webhooks::Put> Webhooks::put(const std::string& name, Wanted wanted, const MayUse& may_use) {
  auto held = all_.hold_or_make(name, wanted.settings.owner);
  if (!held) return Failure(held.error());
  const std::optional<Webhook> before = held->value();
  if (before && !may_use(before->owner)) return somebody_elses(name);
  Webhook webhook{name, wanted.url.value_or(before ? before->url : ""), wanted.secret.value_or(before ? before->secret : fresh_secret()), held->owner(), Webhook::State::asking, "", {}};
  if (auto made = make(webhook, wanted, !before); !made) return Failure(made.error());
  held->set(webhook);
  look();
  return Put{std::move(webhook), !before};
}

/// Checks what is put, and keeps it.
Result<void> Webhooks::make(const Webhook& webhook, Wanted& wanted, bool fresh) {
  if (const auto where = where_of(webhook.url); !where) return Failure(where.error());
  if (auto signed_ = sign(webhook.secret, "", 0, ""); !signed_) return Failure(signed_.error());
  // The schedule that Standard Webhooks proposes.
  using std::chrono::seconds;
  wanted.settings.lease = longest_send * 4;
  if (wanted.settings.backoff.empty()) wanted.settings.backoff = {seconds(5), seconds(300), seconds(1800), seconds(7200), seconds(18000), seconds(36000), seconds(50400), seconds(72000), seconds(86400)};
  // What is left of one that was removed, or not wholly made, is not the new one's.
  if (fresh) {
    if (auto removed = consumers_.remove(webhook.name); !removed && removed.error().kind != ErrorKind::not_found) return removed;
  }
  if (auto put = consumers_.put(webhook.name, wanted.settings, wanted.after); !put) return Failure(put.error());
  return keep(webhook);
}

Result<void> Webhooks::remove(const std::string& name, const MayUse& may_use) {
  auto held = all_.hold(name);
  if (!held || !may_use(held->owner())) return no_such("webhook", name);
  if (auto kept = ledger_.keep({{std::string(prefix) + name, std::nullopt}}); !kept) return kept;
  // Whoever puts the name anew does so when its consumer is gone.
  auto removed = consumers_.remove(name);
  held->take_out();
  return removed;
}

std::vector<Webhook> Webhooks::list() const {
  std::vector<Webhook> list;
  all_.for_each([&](const std::string&, const Webhook& webhook) { list.push_back(webhook); });
  return list;
}

void Webhooks::look() {
  if (stopping_) return;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  all_.for_each([&](const std::string& name, const Webhook& webhook) {
    if (webhook.state == Webhook::State::stopped) return;
    if (webhook.state == Webhook::State::asking && now < webhook.ask_again) return;
    turns_.want(name, webhook.owner);
  });
  begin_turns();
}

/// With the lock.
void Webhooks::begin_turns() {
  if (stopping_) return;
  while (const auto name = turns_.begin()) boost::asio::post(couriers_, [this, own_name = *name] { run(own_name); });
}

void Webhooks::run(const std::string& name) {
  bool again = false;
  try {
    again = take_turn(name);
  } catch (const std::exception& broken) {
    log_line("error", {{"webhook", name}, {"what", broken.what()}});
  }
  const std::lock_guard lock(mutex_);
  turns_.end(name, again);
  begin_turns();
}

/// Sends until nothing is due, something fails, or others have waited long enough. True: more may be due.
bool Webhooks::take_turn(const std::string& name) {
  const auto until = std::chrono::steady_clock::now() + longest_turn;
  for (std::size_t sends = 0; sends < sends_in_turn && !stopping_ && std::chrono::steady_clock::now() < until; ++sends) {
    auto webhook = find(name);
    if (!webhook || webhook->state == Webhook::State::stopped) return false;
    if (webhook->state == Webhook::State::asking && !ask(*webhook)) return false;
    const Next next = send_next(*webhook);
    if (next != Next::sent) return next == Next::failed;
  }
  return true;
}

/// Of a webhook as it was looked at: one that was put to another address meanwhile is another.
void Webhooks::set_state(const Webhook& webhook, Webhook::State state, const std::string& reason) {
  auto held = all_.hold(webhook.name);
  if (!held || held->value()->url != webhook.url) return;
  Webhook changed = *held->value();
  changed.ask_again = std::chrono::steady_clock::now() + ask_again_after;
  if (changed.state != state || changed.reason != reason) {
    changed.state = state;
    changed.reason = reason;
    value_or_throw(keep(changed));
    log_line("webhook", {{"webhook", webhook.name}, {"sending", std::string(state_name(state))}, {"reason", reason}});
  }
  held->set(std::move(changed));
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
  if (!after.empty() && error == std::errc() && end == after.data() + after.size() && wait >= 0) outcome.retry_after = std::min(std::chrono::seconds(wait), std::chrono::seconds(longest_wait));
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

/// Whoever asks for more time gets it; less than the schedule gives would use its tries up.
std::optional<std::chrono::seconds> Webhooks::wait_of(const Consumer& consumer, const Handed& handed, const Sent& sent) {
  const auto& schedule = consumer.settings().backoff;
  if (!sent.retry_after || handed.attempt == 0 || handed.attempt > schedule.size()) return std::nullopt;
  return std::max(*sent.retry_after, schedule[handed.attempt - 1]);
}

Webhooks::Next Webhooks::send_next(const Webhook& webhook) {
  const std::optional<Visibility> level = value_or_throw(level_of_owner(webhook));
  if (!level) {
    set_state(webhook, Webhook::State::stopped, "the token of " + webhook.owner + ", which made it, is revoked");
    return Next::none;
  }
  std::optional<Handed> handed;
  std::string reason;
  const auto looked = consumers_.with(webhook.name, [&](Consumer& consumer, bool& changed) -> Result<void> {
    auto next = consumer.next(ledger_, *level, 1, Now::read(), changed);
    reason = consumer.stopped_because();
    if (next && !next->empty()) handed = std::move(next->front());
    return {};
  });
  // Somebody removed it.
  if (!looked && looked.error().kind == ErrorKind::not_found) return Next::none;
  value_or_throw(looked);
  if (reason != webhook.reason) set_state(webhook, Webhook::State::sending, reason);
  if (!handed) return Next::none;
  const Sent sent = post(webhook, *handed);
  const bool taken = sent.status / 100 == 2;
  const auto settled = consumers_.with(webhook.name, [&](Consumer& consumer, bool& changed) -> Result<void> {
    changed = true;
    if (taken) return consumer.acknowledge({{handed->position, handed->lease}}, Now::read());
    return consumer.send_back(handed->position, handed->lease, sent.why, wait_of(consumer, *handed, sent), false, Now::read());
  });
  if (!settled) log_line("error", {{"webhook", webhook.name}, {"what", settled.error().message()}});
  if (sent.status == 410) {
    set_state(webhook, Webhook::State::stopped, "it answers 410: it is gone");
    return Next::none;
  }
  return taken ? Next::sent : Next::failed;
}

}  // namespace chancery::server
