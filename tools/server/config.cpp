#include "tools/server/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <fstream>
#include <set>

#include "tools/server/host_names.hpp"

namespace chancery::server {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks), last = text.find_last_not_of(blanks);
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, last - first + 1));
}

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (std::string one = trimmed(text.substr(at, end - at)); !one.empty()) list.push_back(std::move(one));
    at = end + 1;
  }
  return list;
}

Setting number(std::string_view name, std::string_view description, std::uint64_t Config::*member, std::uint64_t least, std::uint64_t most) {
  const auto set = [member, least, most](Config& config, const std::string& text) -> Result<void> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
      return refused("", quoted(text), fmt::format("a whole number from {} to {}", least, most));
    }
    config.*member = value;
    return {};
  };
  return {name, "N", description, set, [member](const Config& config) { return std::to_string(config.*member); }};
}

Setting text(std::string_view name, std::string_view value_name, std::string_view description, std::string Config::*member) {
  const auto set = [member](Config& config, const std::string& text) -> Result<void> {
    config.*member = text;
    return {};
  };
  return {name, value_name, description, set, [member](const Config& config) { return config.*member; }};
}

Setting list(std::string_view name, std::string_view value_name, std::string_view description, std::vector<std::string> Config::*member,
             std::function<bool(const std::string&)> good, std::string allowed) {
  const auto set = [member, good = std::move(good), allowed = std::move(allowed)](Config& config, const std::string& text) -> Result<void> {
    std::vector<std::string> all = list_of(text);
    for (const std::string& one : all) {
      if (!good(one)) return refused("", quoted(one), allowed);
    }
    config.*member = std::move(all);
    return {};
  };
  return {name, value_name, description, set, [member](const Config& config) { return fmt::format("{}", fmt::join(config.*member, ", ")); }};
}

Setting yes_or_no(std::string_view name, std::string_view description, bool Config::*member) {
  const auto set = [member](Config& config, const std::string& text) -> Result<void> {
    if (text != "yes" && text != "no") return refused("", quoted(text), "yes, no");
    config.*member = text == "yes";
    return {};
  };
  return {name, "yes|no", description, set, [member](const Config& config) { return std::string(config.*member ? "yes" : "no"); }};
}

constexpr std::string_view variables_begin = "CHANCERY_SERVE_";

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0;
}

bool is_origin(const std::string& text) {
  const auto parsed = boost::urls::parse_uri(text);
  return parsed.has_value() && !parsed->host().empty() && !parsed->has_userinfo() && (!parsed->has_port() || is_port({parsed->port().data(), parsed->port().size()})) &&
         parsed->encoded_path().empty() && !parsed->has_query() && !parsed->has_fragment();
}

bool is_network(const std::string& text) {
  boost::system::error_code v4, v6;
  boost::asio::ip::make_network_v4(text, v4);
  boost::asio::ip::make_network_v6(text, v6);
  return !v4 || !v6;
}

Result<void> set_one(Config& config, const std::string& name, const std::string& value, const std::string& where) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    names.push_back(setting.name);
    if (setting.name != name) continue;
    auto set = setting.set(config, value);
    if (set) return set;
    Error error = set.error();
    error.field = where + ": " + name;
    return Failure(std::move(error));
  }
  return refused(where, quoted(name), fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace

const std::vector<Setting>& settings() {
  constexpr std::uint64_t hour = 3600, many = 1'000'000;
  static const std::vector<Setting> all{
      text("listen", "ADDRESS:PORT", "Where it listens besides the socket in the ledger's folder; port 0: any free one; empty: nowhere", &Config::listen),
      text("tls-certificate", "FILE", "PEM: its certificate and those above it; with tls-key, it speaks TLS 1.2 and later only", &Config::tls_certificate),
      text("tls-key", "FILE", "PEM: the private key of the certificate", &Config::tls_key),
      text("public-url", "URL", "What others call it, where that is not where it listens", &Config::public_url),
      yes_or_no("open-reading", "Whether what is public is read without a token", &Config::open_reading),
      yes_or_no("access-log", "Whether each request has a line in the log", &Config::access_log),
      list("cors-origins", "URL,...", "Origins whose web pages may read; none by default", &Config::cors_origins, is_origin,
           "origins such as https://example.org, joined by commas"),
      text("webhook-origin", "NAME", "The DNS name by which the receivers of webhooks know who sends; empty: the host of public-url, or chancery", &Config::webhook_origin),
      list("webhook-networks", "CIDR,...", "Private networks that webhooks may reach; none by default", &Config::webhook_networks, is_network,
           "networks such as 10.0.0.0/8, joined by commas"),
      number("header-bytes", "The most that a request's line and headers may have", &Config::header_bytes, 1024, many),
      number("body-bytes", "The most that a request's body may have", &Config::body_bytes, 1024, 1UL << 30),
      number("connections", "The most connections at once; fewer where the limit of open files is too low for them", &Config::connections, 1, many),
      number("followers", "The most of them that follow a feed", &Config::followers, 1, many),
      number("rows", "The most rows or events on one page", &Config::rows, 1, many),
      number("header-seconds", "Time for a request's headers, from its first byte", &Config::header_seconds, 1, hour),
      number("body-seconds", "Time for its body", &Config::body_seconds, 1, hour),
      number("idle-seconds", "Time between two requests of one connection", &Config::idle_seconds, 1, hour),
      number("stall-seconds", "How long an answer waits for a reader that takes nothing", &Config::stall_seconds, 1, hour),
      number("ping-seconds", "How often a silent feed says that it is there", &Config::ping_seconds, 1, hour),
      number("stop-seconds", "Time for what is under way when it is told to stop", &Config::stop_seconds, 1, hour),
      number("io-threads", "Threads that read and write; 0: one for two cores, four at most", &Config::io_threads, 0, 64),
      number("workers", "Threads that answer questions", &Config::workers, 1, 256),
  };
  return all;
}

std::string variable_of(const Setting& setting) {
  std::string name(variables_begin);
  for (const char c : setting.name) name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

Result<void> read_config_file(Config& config, const std::string& path) {
  std::ifstream file(path);
  if (!file) return refused("--config", quoted(path), "a file that can be read");
  std::string line;
  std::set<std::string> given;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string content = trimmed(line);
    if (content.empty() || content.front() == '#') continue;
    const std::string where = fmt::format("{}:{}", path, number);
    const std::size_t equals = content.find('=');
    if (equals == std::string::npos) return refused(where, quoted(content), "NAME = VALUE");
    const std::string name = trimmed(content.substr(0, equals));
    if (!given.insert(name).second) return refused(where, quoted(name) + " a second time", "each setting once");
    if (auto set = set_one(config, name, trimmed(content.substr(equals + 1)), where); !set) return set;
  }
  if (file.bad()) return refused("--config", quoted(path), "a file that can be read");
  return {};
}

Result<void> check_variables(const char* const* variables) {
  std::vector<std::string> known{std::string(variables_begin) + "CONFIG"};
  for (const Setting& setting : settings()) known.push_back(variable_of(setting));
  for (; *variables != nullptr; ++variables) {
    const std::string_view variable(*variables);
    const std::string name(variable.substr(0, variable.find('=')));
    if (!name.starts_with(variables_begin) || std::find(known.begin(), known.end(), name) != known.end()) continue;
    return refused(name, "a variable that sets nothing", fmt::format("{}", fmt::join(known, ", ")));
  }
  return {};
}

Result<void> check_config(const Config& config) {
  if (const std::string& url = config.public_url; !url.empty() && (!is_origin(url) || !url.starts_with("http"))) {
    return refused("public-url", quoted(url), "a URL such as https://ledger.example.org, without a path");
  }
  if (const std::string& origin = config.webhook_origin; !origin.empty() && !names_a_host(origin)) {
    return refused("webhook-origin", quoted(origin), "a DNS name such as ledger.example.org: no URL, no port and no address");
  }
  if (!config.listen.empty()) {
    if (auto listen = parse_listen(config.listen); !listen) return Failure(listen.error());
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return refused(config.tls_key.empty() ? "tls-key" : "tls-certificate", "nothing", "a certificate and its key, or neither");
  }
  return {};
}

std::string printed_config(const Config& config) {
  std::string out;
  for (const Setting& setting : settings()) {
    out += fmt::format("# {}\n{} = {}\n", setting.description, setting.name, setting.shown(config));
  }
  return out;
}

std::string origin_of(const Config& config) {
  if (!config.webhook_origin.empty()) return config.webhook_origin;
  if (const auto url = boost::urls::parse_uri(config.public_url); url && names_a_host(url->host())) return url->host();
  // Not the machine's name: it is nobody's business outside.
  return "chancery";
}

Result<std::pair<std::string, std::uint16_t>> parse_listen(const std::string& text) {
  const auto bad = [&] { return refused("listen", quoted(text), "ADDRESS:PORT such as 127.0.0.1:8420 or [::1]:8420, an address of this machine"); };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad();
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  boost::system::error_code no_address;
  boost::asio::ip::make_address(address, no_address);
  if (error != std::errc() || stop != end || no_address) return bad();
  return std::pair(address, port);
}

}  // namespace chancery::server
