#include "tools/server/webhooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <limits>
#include <random>

#include "core/json/cloud_event.hpp"
#include "tools/chancery/http_client.hpp"
#include "tools/server/access.hpp"
#include "tools/server/networks.hpp"
#include "tools/server/signature.hpp"

namespace chancery::server {
namespace {

constexpr std::string_view prefix = "webhook/";
constexpr std::size_t couriers = 16, of_one_owner = 4, sends_in_turn = 50;
static_assert(of_one_owner < couriers, "no owner takes all couriers");
// What is left of webhooks that were removed does not count.
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
constexpr std::chrono::seconds longest_send{15}, longest_turn{5};

/// The same each time that an event is sent; no dot may be in it (Standard Webhooks, "Signature scheme"), and no name has a ~.
std::string message_id(std::string name, Position position) {
  std::replace(name.begin(), name.end(), '.', '~');
  return fmt::format("{}-{}", name, position);
}

/// From 0 to 1.
double random_share() {
  std::random_device device;
  return std::uniform_real_distribution<double>()(device);
}

}  // namespace

Webhooks::Webhooks(Ledger& ledger, const Config& config, const Tokens& tokens)
    : ledger_(ledger), config_(config), tokens_(tokens), origin_(origin_of(config)), consumers_(ledger, "courier/", unlimited), turns_(couriers, of_one_owner), couriers_(couriers) {}

Webhooks::~Webhooks() { stop(); }

void Webhooks::stop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    alarm_.cancel();
  }
  couriers_.join();
}

Result<void> Webhooks::load() {
  if (auto loaded = consumers_.load(); !loaded) return loaded;
  const auto kept = ledger_.kept(prefix);
  if (!kept) return Failure(kept.error());
  for (const auto& [name, value] : *kept) {
    auto webhook = Webhook::read(name.substr(prefix.size()), value, Now::read());
    if (!webhook) return Failure(webhook.error());
    if (webhook->kept() != value) {
      if (auto kept_anew = keep(*webhook); !kept_anew) return kept_anew;
    }
    if (webhook->state == Webhook::State::sending && webhook->origin != origin_) webhook->state = Webhook::State::asking;
    const std::string own_name = webhook->name, owner = webhook->owner;
    all_.add(own_name, owner, std::move(*webhook));
  }
  return {};
}

Result<void> Webhooks::keep(const Webhook& webhook) { return ledger_.keep({{std::string(prefix) + webhook.name, webhook.kept()}}); }

Result<Webhooks::Put> Webhooks::put(const std::string& name, Wanted wanted, const MayUse& may_use) {
  auto held = all_.hold_or_make(name, wanted.settings.owner);
  if (!held) return Failure(held.error());
  const std::optional<Webhook> before = held->value();
  if (before && !may_use(before->owner)) return somebody_elses(name);
  Webhook webhook = before.value_or(Webhook{name, "", fresh_secret(), held->owner()});
  if (wanted.url) webhook.url = *wanted.url;
  if (wanted.secret) {
    if (auto checked = check_secret(*wanted.secret); !checked) return Failure(checked.error());
    webhook.change_secret(*wanted.secret, std::chrono::system_clock::now());
  }
  // Another address has another's consent, and must not get signatures that the one before it would take.
  if (!before || webhook.url != before->url) webhook = Webhook{name, webhook.url, webhook.secret, webhook.owner};
  webhook.state = Webhook::State::asking;
  webhook.reason.clear();
  webhook.ask_again = {};
  webhook.asked_in_vain = 0;
  if (auto made = make(webhook, wanted, !before); !made) return Failure(made.error());
  held->set(webhook);
  look();
  return Put{std::move(webhook), !before};
}

/// Checks what is put, and keeps it.
Result<void> Webhooks::make(const Webhook& webhook, Wanted& wanted, bool fresh) {
  if (auto checked = check_url(webhook.url); !checked) return checked;
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
  return removed || removed.error().kind == ErrorKind::not_found ? Result<void>() : removed;
}

std::vector<Webhook> Webhooks::list() const {
  std::vector<Webhook> list;
  all_.for_each([&](const std::string&, const Webhook& webhook) { list.push_back(webhook); });
  return list;
}

void Webhooks::look() {
  if (stopping_) return;
  const Now read = Now::read();
  const auto now = read.steady;
  std::optional<Clock::time_point> next_slot;
  std::vector<std::string> outdated;
  const std::lock_guard lock(mutex_);
  all_.for_each([&](const std::string& name, const Webhook& webhook) {
    if (now >= forget_again_ && webhook.has_outdated(read.system)) outdated.push_back(name);
    if (webhook.state == Webhook::State::stopped) return;
    if (webhook.state == Webhook::State::asking && now < webhook.ask_again) return;
    if (webhook.state == Webhook::State::sending && now < webhook.not_before) {
      next_slot = std::min(next_slot.value_or(webhook.not_before), webhook.not_before);
      return;
    }
    turns_.want(name, webhook.owner);
  });
  if (next_slot) look_at(*next_slot);
  if (!outdated.empty()) {
    forget_again_ = now + forget_again_after;
    boost::asio::post(couriers_, [this, names = std::move(outdated)] { forget_outdated(names); });
  }
  begin_turns();
}

void Webhooks::forget_outdated(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    try {
      if (const auto webhook = find(name)) change(*webhook, [](Webhook& one) { one.drop_outdated(std::chrono::system_clock::now()); });
    } catch (const std::exception& broken) {
      log_line("error", {{"webhook", name}, {"what", broken.what()}});
    }
  }
}

/// With the lock: looks again then, if nothing does sooner. No courier waits for it.
void Webhooks::look_at(Clock::time_point when) {
  if (stopping_ || (alarm_at_ && *alarm_at_ <= when)) return;
  alarm_at_ = when;
  alarm_.expires_at(when);
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    {
      const std::lock_guard lock(mutex_);
      alarm_at_.reset();
    }
    look();
  });
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
  const auto until = Clock::now() + longest_turn;
  for (std::size_t sends = 0; sends < sends_in_turn && !stopping_ && Clock::now() < until; ++sends) {
    auto webhook = find(name);
    if (!webhook || webhook->state == Webhook::State::stopped) return false;
    const auto where = where_of(webhook->url);
    if (!where) {
      // An earlier version took it.
      set_state(*webhook, Webhook::State::stopped, where.error().message());
      return false;
    }
    if (webhook->state == Webhook::State::asking && !ask(*webhook, *where)) return false;
    if (Clock::now() < webhook->not_before) {
      const std::lock_guard lock(mutex_);
      look_at(webhook->not_before);
      return false;
    }
    const Next next = send_next(*webhook, *where);
    if (next != Next::sent) return next == Next::failed;
  }
  return true;
}

/// Changes a webhook as it was looked at: one that was put to another address meanwhile is another.
void Webhooks::change(const Webhook& looked_at, const std::function<void(Webhook&)>& act) {
  auto held = all_.hold(looked_at.name);
  if (!held || held->value()->url != looked_at.url) return;
  Webhook changed = *held->value();
  act(changed);
  if (changed.kept() != held->value()->kept()) {
    value_or_throw(keep(changed));
    log_line("webhook", {{"webhook", changed.name}, {"sending", std::string(state_name(changed.state))}, {"reason", changed.reason}});
  }
  held->set(std::move(changed));
}

void Webhooks::set_state(const Webhook& looked_at, Webhook::State state, const std::string& reason) {
  change(looked_at, [&](Webhook& webhook) {
    webhook.state = state;
    webhook.reason = reason;
  });
}

/// OPTIONS with WebHook-Request-Origin; whoever wants events answers with WebHook-Allowed-Origin, and perhaps how many a minute. No rate is
/// asked for: there is no word for as many as there are. Where nothing says that it wants them, nothing is sent.
bool Webhooks::ask(Webhook& webhook, const Where& where) {
  cli::HttpClient client = value_or_throw(cli::HttpClient::of_url(where.base, ""));
  client.limit(longest_send, [this](const std::string& address) { return may_reach(address, config_.webhook_networks); });
  const auto answer = client.request("OPTIONS", where.target, {{"WebHook-Request-Origin", origin_}}, {}, {});
  const Consent consent = answer ? consent_of(answer->status, answer->header("webhook-allowed-origin"), answer->header("webhook-allowed-rate"), origin_)
                                 : Consent{false, "it cannot be asked whether it wants events (OPTIONS): " + answer.error().found, {}};
  if (!consent.given) {
    change(webhook, [&](Webhook& asked) {
      asked.state = Webhook::State::asking;
      asked.reason = consent.why_not + "; it is asked again, less and less often: ask_again says when";
      asked.wait_to_ask(Clock::now(), random_share());
    });
    return false;
  }
  change(webhook, [&](Webhook& asked) {
    asked.state = Webhook::State::sending;
    asked.reason.clear();
    asked.origin = origin_;
    asked.rate = consent.rate;
    asked.asked_in_vain = 0;
  });
  const auto now = find(webhook.name);
  if (!now || now->state != Webhook::State::sending) return false;
  webhook = *now;
  return true;
}

Webhooks::Sent Webhooks::post(const Webhook& webhook, const Where& where, const Handed& handed) const {
  cli::HttpClient client = value_or_throw(cli::HttpClient::of_url(where.base, ""));
  client.limit(longest_send, [this](const std::string& address) { return may_reach(address, config_.webhook_networks); });
  std::string body;
  write_cloud_event(body, handed.event, ledger_.source());
  const std::string id = message_id(webhook.name, handed.position);
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::vector<std::string> signatures;
  for (const std::string_view secret : webhook.secrets(now)) signatures.push_back(value_or_throw(sign(secret, id, seconds, body)));
  const cli::HttpClient::Body sent{body.size(), [&body, begun = false]() mutable { return std::exchange(begun, true) ? std::string() : body; }};
  const auto answer = client.request("POST", where.target,
                                     {{"Content-Type", "application/cloudevents+json"}, {"WebHook-Request-Origin", origin_}, {"webhook-id", id}, {"webhook-timestamp", std::to_string(seconds)},
                                      {"webhook-signature", fmt::format("{}", fmt::join(signatures, " "))}}, sent, {});
  if (!answer) return {0, answer.error().found, std::nullopt};
  return {answer->status, fmt::format("it answers {}", answer->status), retry_after_of(answer->header("retry-after"), now)};
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

Webhooks::Next Webhooks::send_next(const Webhook& webhook, const Where& where) {
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
  if (webhook.rate) change(webhook, [](Webhook& sending) { sending.take_slot(Clock::now()); });
  const Sent sent = post(webhook, where, *handed);
  // Whoever says so of one means all (RFC 6585, 4; RFC 9110, 15.6.4).
  if (sent.retry_after && (sent.status == 429 || sent.status == 503)) change(webhook, [&](Webhook& sending) { sending.pause(*sent.retry_after, Clock::now()); });
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
