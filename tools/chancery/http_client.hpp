#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace chancery::cli {

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string header(std::string_view lower_case_name) const;
};

/// Speaks HTTP/1.1 with one server, a connection a request. Waits; one thread.
class HttpClient {
 public:
  /// A server of this machine that listens on a socket in a folder; nothing where none does.
  static std::optional<HttpClient> local(const std::string& folder, const std::string& socket_name);
  /// http: or https: and no path. Fails with: refused.
  static Result<HttpClient> of_url(const std::string& url, std::string token);
  /// Whether an address, as text, may be connected to; all may unless told.
  using MayReach = std::function<bool(const std::string& address)>;
  /// How long a request may take, and where to.
  void limit(std::chrono::milliseconds longest, MayReach may_reach) {
    longest_ = longest;
    may_reach_ = std::move(may_reach);
  }
  /// How long a server may take nothing, and say nothing, before it begins to answer.
  void begins_within(std::chrono::milliseconds quiet_max) { quiet_max_ = quiet_max; }
  /// How long it may say nothing in the midst of an answer; as long as it likes unless told. Where it says by `pings_header` every how many
  /// seconds it says something, it is given up after three times as long.
  void goes_on_within(std::chrono::milliseconds idle_max) { idle_max_ = idle_max; }
  static constexpr const char* pings_header = "Chancery-Ping-Seconds";
  /// Asked now and then while it waits for the server: false, and the request is given up.
  void while_wanted(std::function<bool()> wanted) { wanted_ = std::move(wanted); }

  struct Body {
    std::uint64_t bytes = 0;
    std::function<std::string()> next;  ///< the next piece; empty: it is at its end
  };
  using Take = std::function<bool(int status, std::string_view piece)>;
  /// `take` is called with pieces of the answer's body until it returns false; where there is none, nobody wants the body, and the answer
  /// is known by its head, however its body ends. Fails with: disk (the server cannot be reached, or ends before its answer does).
  Result<HttpResponse> request(std::string_view method, const std::string& target,
                               const std::vector<std::pair<std::string, std::string>>& headers, const Body& body, const Take& take) const;

  /// What messages call it.
  const std::string& name() const { return name_; }

 private:
  std::string name_, folder_, socket_name_, host_, port_, token_;
  std::string authority_;  // what the header Host says
  bool tls_ = false;
  std::chrono::milliseconds longest_ = std::chrono::hours(24 * 365);
  std::optional<std::chrono::milliseconds> quiet_max_, idle_max_;
  std::function<bool()> wanted_;
  MayReach may_reach_;
};

}  // namespace chancery::cli
