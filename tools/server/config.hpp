#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

/// What `chancery serve` can be told, by a file, the environment and flags; each of them overrules those before it.
namespace chancery::server {

struct Config {
  std::string listen = "127.0.0.1:8420";  ///< ADDRESS:PORT; port 0 is any that is free; empty: the socket in the ledger's folder alone
  std::string tls_certificate, tls_key;   ///< PEM files; both or none
  std::string public_url;                 ///< what others call it; empty: made of `listen`
  std::vector<std::string> cors_origins;  ///< web pages from there may read; none: no page of another origin
  std::vector<std::string> webhook_networks;  ///< CIDR blocks that webhooks may reach although they are private
  std::string webhook_origin;             ///< the DNS name by which webhooks are asked; empty: see origin_of()
  bool open_reading = false;              ///< what is public is read without a token
  bool access_log = true;                 ///< a line for each request
  std::uint64_t header_bytes = 16 * 1024, body_bytes = 16UL << 20, connections = 4096, followers = 2048;
  std::uint64_t header_seconds = 10, body_seconds = 60, idle_seconds = 75, stall_seconds = 30, stop_seconds = 10;
  std::uint64_t ping_seconds = 15, io_threads = 0, workers = 16, rows = 10'000;
};

/// One thing that can be told: `NAME = VALUE` in the file, CHANCERY_SERVE_NAME in the environment, --NAME as a flag.
struct Setting {
  std::string_view name, value_name, description;
  std::function<Result<void>(Config&, const std::string& text)> set;  ///< fails with: refused (the field is left empty)
  std::function<std::string(const Config&)> shown;
};

const std::vector<Setting>& settings();
/// The variable of the environment that stands for a setting.
std::string variable_of(const Setting& setting);

/// Reads a file of `NAME = VALUE` lines; blank lines and lines that begin with # are none. Fails with: refused (line, name, a name a second
/// time).
Result<void> read_config_file(Config& config, const std::string& path);
/// Of an environment (environ(7)): what begins like the variable of a setting must be one. Fails with: refused.
Result<void> check_variables(const char* const* variables);
/// What is told must hold together. Fails with: refused.
Result<void> check_config(const Config& config);
/// The same as a file that can be read back.
std::string printed_config(const Config& config);

/// The DNS name that says who sends: the one that is told, else that of the public URL, else `chancery`.
std::string origin_of(const Config& config);

/// ADDRESS:PORT or [ADDRESS]:PORT in two.
Result<std::pair<std::string, std::uint16_t>> parse_listen(const std::string& text);

}  // namespace chancery::server
