#include "tools/server/webhook.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <limits>

using namespace chancery;
using namespace chancery::server;
using namespace std::chrono_literals;
using Secrets = std::vector<std::string_view>;

namespace {

const Now begin{std::chrono::steady_clock::time_point(1000s), Moment(1'000'000s)};

Webhook webhook() { return {"w", "https://example.org/", "one", "owner"}; }

Webhook kept_and_read(const Webhook& webhook, const Now& now = begin) { return Webhook::read(webhook.name, webhook.kept(), now).value(); }

std::string why_not(int status, std::string_view allowed_origin, std::string_view allowed_rate = "") {
  const Consent consent = consent_of(status, allowed_origin, allowed_rate, "here.example");
  CHECK(consent.given == consent.why_not.empty());
  return consent.why_not;
}

}  // namespace

TEST_CASE("a secret that was replaced signs for a day, and no longer because the clock was set") {
  Webhook one = webhook();
  one.change_secret("one", begin.system);
  CHECK(one.secrets(begin.system) == Secrets{"one"});
  one.change_secret("two", begin.system);
  CHECK(one.secrets(begin.system) == Secrets{"two", "one"});
  CHECK(one.secrets(begin.system + 24h - 1s) == Secrets{"two", "one"});
  CHECK(one.secrets(begin.system + 24h) == Secrets{"two"});
  CHECK(kept_and_read(one).secrets(begin.system) == Secrets{"two", "one"});
  Webhook between = webhook();
  between.change_secret("two", begin.system + 1ms);
  CHECK(kept_and_read(between, {begin.steady, begin.system + 1ms}).former.at(0).until == between.former.at(0).until);
  const Now set_back{begin.steady, begin.system - 1000h};
  CHECK(kept_and_read(one, set_back).secrets(set_back.system + 24h) == Secrets{"two"});
  const Now after{begin.steady, begin.system + 24h};
  CHECK(kept_and_read(one, after).kept().find("one") == std::string::npos);
}

TEST_CASE("who is asked in vain is asked again after twice as long each time, up to an hour, and up to a quarter of that sooner") {
  Webhook latest = webhook(), soonest = webhook();
  for (const auto wait : {30s, 60s, 120s, 240s, 480s, 960s, 1920s, 3600s, 3600s}) {
    latest.wait_to_ask(begin.steady, 0);
    soonest.wait_to_ask(begin.steady, 1);
    CHECK(latest.ask_again == begin.steady + wait);
    CHECK(soonest.ask_again == begin.steady + std::chrono::milliseconds(wait) * 3 / 4);
  }
  latest.asked_in_vain = std::numeric_limits<std::uint32_t>::max();
  latest.wait_to_ask(begin.steady, 0);
  CHECK(latest.ask_again == begin.steady + 3600s);
}

TEST_CASE("a secret that signs no longer is dropped, and none that does") {
  Webhook one = webhook();
  one.change_secret("two", begin.system);
  one.change_secret("three", begin.system + 1h);
  CHECK_FALSE(one.has_outdated(begin.system + 24h - 1s));
  CHECK(one.has_outdated(begin.system + 24h));
  one.drop_outdated(begin.system + 24h);
  CHECK_FALSE(one.has_outdated(begin.system + 24h));
  CHECK(one.secrets(begin.system + 24h) == Secrets{"three", "two"});
}

TEST_CASE("of secrets that were replaced the last three sign, and one that comes back signs once") {
  Webhook one = webhook();
  for (const char* secret : {"two", "three", "four", "five"}) one.change_secret(secret, begin.system);
  CHECK(one.secrets(begin.system) == Secrets{"five", "four", "three", "two"});
  one.change_secret("three", begin.system);
  CHECK(one.secrets(begin.system) == Secrets{"three", "five", "four", "two"});
}

TEST_CASE("one is sent when the slot of the one before it is over, however fast they come") {
  Webhook one = webhook();
  one.take_slot(begin.steady);
  CHECK(one.not_before <= begin.steady);
  one.rate = 7;
  auto now = begin.steady;
  for (int sent = 0; sent < 7; ++sent) {
    one.take_slot(now);
    CHECK(one.not_before > now);
    now = one.not_before;
  }
  // Seven a minute: the eighth is in the next.
  CHECK(now >= begin.steady + 60s);
  CHECK(now < begin.steady + 60s + 1us);
  one.take_slot(now + 1h);
  CHECK(one.not_before > now + 1h + 8s);
}

TEST_CASE("a pause is not shortened by another, nor by a slot") {
  Webhook one = webhook();
  one.rate = 60;
  one.pause(1h, begin.steady);
  one.pause(1s, begin.steady);
  CHECK(one.not_before == begin.steady + 1h);
  one.take_slot(begin.steady);
  CHECK(one.not_before >= begin.steady + 1h);
}

TEST_CASE("a restart knows the rate, and lets a whole slot of it pass first") {
  Webhook one = webhook();
  one.rate = 2;
  one.state = Webhook::State::sending;
  const Webhook read = kept_and_read(one);
  CHECK((read.rate == one.rate && read.state == one.state && read.not_before == begin.steady + 30s));
  one.rate.reset();
  CHECK(kept_and_read(one).not_before <= begin.steady);
}

TEST_CASE("a webhook that an earlier version kept is read") {
  const auto read = Webhook::read("w", R"({"url":"http://a/","secret":"whsec_x","owner":"o","state":"stopped","reason":"why"})", begin);
  REQUIRE(read);
  CHECK((read->url == "http://a/" && read->owner == "o" && read->state == Webhook::State::stopped && read->reason == "why" && read->former.empty() && !read->rate));
  CHECK(Webhook::read("w", "{}", begin).error().kind == ErrorKind::corrupt);
}

TEST_CASE("consent is given by the headers that say so, and by nothing else") {
  CHECK(why_not(200, "*").empty());
  CHECK(why_not(204, "Here.Example").empty());
  CHECK(why_not(200, "there.example").find("there.example") != std::string::npos);
  CHECK(why_not(200, "").find("without WebHook-Allowed-Origin") != std::string::npos);
  CHECK(why_not(405, "").find("405") != std::string::npos);
  CHECK_FALSE(why_not(404, "*").empty());
  CHECK(consent_of(200, "*", "", "o").rate == std::nullopt);
  CHECK(consent_of(200, "*", "*", "o").rate == std::nullopt);
  CHECK(consent_of(200, "*", "120", "o").rate == std::optional<std::uint64_t>(120));
  for (const char* rate : {"0", "-1", "1.5", "+1", "1 ", "x", "99999999999999999999"}) CHECK(why_not(200, "*", rate).find(rate) != std::string::npos);
}

TEST_CASE("how long a receiver wants to be left alone is told in seconds or by a date") {
  const auto wait = [](const std::string& header) { return retry_after_of(header, begin.system); };
  CHECK(wait("0") == std::optional(0s));
  CHECK(wait("120") == std::optional(120s));
  for (const char* long_time : {"86401", "99999999999999999999999", "Tue, 31 Dec 2999 23:59:59 GMT"}) CHECK(wait(long_time) == std::optional<std::chrono::seconds>(longest_wait));
  // It is 13:46:40.
  CHECK(wait("Mon, 12 Jan 1970 13:47:00 GMT") == std::optional(20s));
  CHECK(wait("Mon, 12 Jan 1970 13:46:00 GMT") == std::optional(0s));
  for (const char* nothing : {"", "-1", "1.5", "soon", "Mon, 12 Jan 1970 13:47:00 GMT+1", "Mon, 12 Jan 1970"}) CHECK(wait(nothing) == std::nullopt);
}

TEST_CASE("where a URL leads is its scheme and authority, and the rest as it is written") {
  const auto leads = [](const std::string& url) {
    const auto where = where_of(url);
    return where ? where->base + ' ' + where->target : "refused";
  };
  CHECK(leads("https://example.org") == "https://example.org /");
  CHECK(leads("HTTP://example.org:81/a%20b?c=d&e") == "http://example.org:81 /a%20b?c=d&e");
  CHECK(leads("http://[::1]:8/?x") == "http://[::1]:8 /?x");
  CHECK(leads("http://a?x") == "http://a /?x");
  CHECK(leads("https://xn--bcher-kva.example.:8443/") == "https://xn--bcher-kva.example.:8443 /");
  CHECK(leads("http://a@b/") == "refused");
  const std::string longest = "http://a/" + std::string(url_bytes_max - 9, 'x');
  CHECK(check_url(longest));
  CHECK(check_url(longest + 'x').error().found == fmt::format("{} bytes", url_bytes_max + 1));
}
