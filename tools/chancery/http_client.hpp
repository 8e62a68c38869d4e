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
  std::optional<std::chrono::milliseconds> quiet_max_;
  MayReach may_reach_;
};

}  // namespace chancery::cli
