#include "tools/server/webhook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>

#include "tools/server/host_names.hpp"
#include "tools/server/http.hpp"

namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> states{"asking", "sending", "stopped"};
/// The end of what is replaced now: to the second, as it is kept.
Moment end_of_former(Moment now) { return std::chrono::ceil<std::chrono::seconds>(now) + former_signs_for; }

constexpr std::string_view url_form = "https://HOST/PATH or http://HOST/PATH";

Failure bad_url(std::string found, std::string_view allowed = url_form) { return refused("url", std::move(found), std::string(allowed)); }

template <class Text>
std::string_view view_of(const Text& text) {
  return {text.data(), text.size()};
}

/// Nothing where it is no number of that type, or not written in digits alone.
template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Result<void> check_authority(const boost::urls::url_view& url) {
  if (url.has_userinfo() || view_of(url.encoded_authority()).find('@') != std::string_view::npos) return bad_url("a user before the host", "no user: who sends is told by the signature");
  const std::string host(view_of(url.encoded_host()));
  if (host.empty()) return bad_url("no host");
  const auto type = url.host_type();
  if (type == boost::urls::host_type::ipvfuture || (type == boost::urls::host_type::name && !is_host_name(host))) {
    return bad_url("the host " + quoted(host), "an address, or a name of letters, digits, - and _ between its dots (others as xn--...)");
  }
  if (!url.has_port()) return {};
  const std::string_view port = view_of(url.port());
  if (whole_number<std::uint16_t>(port).value_or(0) == 0) return bad_url("the port " + quoted(port), "1 to 65535, or no port and no colon");
  return {};
}

}  // namespace

std::string_view state_name(Webhook::State state) { return states[static_cast<std::size_t>(state)]; }

std::string Webhook::kept() const {
  json::array replaced;
  for (const FormerSecret& one : former) replaced.push_back(json::object{{"secret", one.secret}, {"until", std::chrono::floor<std::chrono::seconds>(one.until.time_since_epoch()).count()}});
  json::object object{{"url", url}, {"secret", secret}, {"owner", owner}, {"state", json::string(state_name(state))}, {"reason", reason}, {"origin", origin}, {"former", std::move(replaced)}};
  if (rate) object["rate"] = *rate;
  return json::serialize(object);
}

Result<Webhook> Webhook::read(const std::string& name, const std::string& kept, const Now& now) {
  try {
    const json::value parsed = json::parse(kept);
    const json::object& object = parsed.as_object();
    const auto text = [&](std::string_view member) { return std::string(object.at(member).as_string()); };
    Webhook webhook{name, text("url"), text("secret"), text("owner")};
    const auto state = std::find(states.begin(), states.end(), text("state"));
    if (state != states.end()) webhook.state = static_cast<State>(state - states.begin());
    webhook.reason = text("reason");
    if (object.contains("origin")) webhook.origin = text("origin");
    const json::value* former = object.if_contains("former");
    for (const json::value& one : former ? former->as_array() : json::array()) {
      // A clock that was set while nobody ran lets no secret sign for longer than it ever had to.
      const Moment until = std::min(Moment(std::chrono::seconds(one.at("until").to_number<std::int64_t>())), end_of_former(now.system));
      if (until > now.system) webhook.former.push_back({std::string(one.at("secret").as_string()), until});
    }
    if (const json::value* rate = object.if_contains("rate")) webhook.rate = rate->to_number<std::uint64_t>();
    webhook.take_slot(now.steady);
    return webhook;
  } catch (const std::exception& broken) {
    return failure(ErrorKind::corrupt, "webhook " + name, broken.what(), "what chancery serve kept");
  }
}

void Webhook::change_secret(std::string fresh, Moment now) {
  if (fresh == secret) return;
  drop_outdated(now);
  // One that comes back is no former one any longer.
  std::erase_if(former, [&](const FormerSecret& one) { return one.secret == fresh; });
  former.insert(former.begin(), {std::exchange(secret, std::move(fresh)), end_of_former(now)});
  if (former.size() > former_max) former.resize(former_max);
}

std::vector<std::string_view> Webhook::secrets(Moment now) const {
  std::vector<std::string_view> all{secret};
  for (const FormerSecret& one : former) {
    if (one.until > now) all.emplace_back(one.secret);
  }
  return all;
}

void Webhook::wait_to_ask(std::chrono::steady_clock::time_point now, double share) {
  std::chrono::milliseconds wait = ask_again_after;
  for (std::uint32_t times = 0; times < asked_in_vain && wait < ask_again_after_most; ++times) wait *= 2;
  wait = std::min<std::chrono::milliseconds>(wait, ask_again_after_most);
  ++asked_in_vain;
  ask_again = now + wait - std::chrono::milliseconds(std::llround(static_cast<double>(wait.count()) / 4 * share));
}

void Webhook::take_slot(std::chrono::steady_clock::time_point now) {
  if (!rate || *rate == 0) return;
  constexpr std::uint64_t minute = std::chrono::nanoseconds(std::chrono::minutes(1)).count();
  // Rounded up: no more than is allowed.
  const std::uint64_t slot = minute / *rate + (minute % *rate != 0);
  not_before = std::max(not_before, now) + std::chrono::nanoseconds(slot);
}

Result<Where> where_of(const std::string& url) {
  const auto control = std::find_if(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
  if (control != url.end()) return bad_url(fmt::format("a blank or a control character at byte {}", control - url.begin() + 1), "no such character; in a path it is percent-encoded");
  const auto parsed = boost::urls::parse_uri(url);
  if (parsed.has_error() || !parsed->has_authority()) return bad_url(quoted(url));
  const std::string scheme = lower_case(view_of(parsed->scheme()));
  if (scheme != "https" && scheme != "http") return bad_url("the scheme " + quoted(scheme));
  if (auto checked = check_authority(*parsed); !checked) return Failure(checked.error());
  if (parsed->has_fragment()) return bad_url("a fragment (#...)", "no fragment: nobody is sent it");
  const std::string base = scheme + "://" + std::string(view_of(parsed->encoded_authority()));
  std::string target = url.substr(base.size());
  if (!target.starts_with('/')) target = '/' + target;
  return Where{base, target};
}

Result<void> check_url(const std::string& url) {
  if (url.empty()) return bad_url("nothing");
  if (url.size() > url_bytes_max) return bad_url(fmt::format("{} bytes", url.size()), fmt::format("up to {}", url_bytes_max));
  if (const auto where = where_of(url); !where) return Failure(where.error());
  return {};
}

Consent consent_of(int status, std::string_view allowed_origin, std::string_view allowed_rate, std::string_view origin) {
  const auto no = [](std::string why) { return Consent{false, std::move(why), {}}; };
  const std::string wanted = fmt::format("; wanted: 2xx with WebHook-Allowed-Origin: {} or *", origin);
  if (status / 100 != 2) return no(fmt::format("it answers {} to OPTIONS, which is no consent{}", status, wanted));
  if (allowed_origin.empty()) return no(fmt::format("it answers {} to OPTIONS without WebHook-Allowed-Origin, which is no consent{}", status, wanted));
  if (allowed_origin != "*" && lower_case(allowed_origin) != lower_case(origin)) return no(fmt::format("it answers OPTIONS with WebHook-Allowed-Origin {}{}", quoted(allowed_origin), wanted));
  if (allowed_rate.empty() || allowed_rate == "*") return {true, "", {}};
  const auto rate = whole_number<std::uint64_t>(allowed_rate);
  if (rate.value_or(0) == 0) return no(fmt::format("it answers OPTIONS with WebHook-Allowed-Rate {}; wanted: * or requests a minute, from 1 on", quoted(allowed_rate)));
  return {true, "", rate};
}

std::optional<std::chrono::seconds> retry_after_of(const std::string& header, Moment now) {
  using std::chrono::seconds;
  constexpr seconds most = longest_wait;
  const bool digits = !header.empty() && std::all_of(header.begin(), header.end(), [](char c) { return c >= '0' && c <= '9'; });
  // More than a number can hold is more than is waited.
  if (digits) return seconds(std::min<std::uint64_t>(whole_number<std::uint64_t>(header).value_or(most.count()), most.count()));
  std::tm date{};
  const char* end = ::strptime(header.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (!end || end != header.c_str() + header.size()) return std::nullopt;
  return std::clamp(seconds(::timegm(&date)) - std::chrono::floor<seconds>(now.time_since_epoch()), seconds(0), most);
}

}  // namespace chancery::server
