#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>

#include "tools/server/services.hpp"

/// What requests about consumers and webhooks say, and are told.
namespace chancery::server {

/// A body of JSON, every member of which is known.
class Members {
 public:
  /// Fails with: refused.
  static Result<Members> read(const std::string& body, std::initializer_list<std::string_view> known);
  Result<std::uint64_t> number(std::string_view name, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) const;
  /// One that need not be there.
  Result<std::optional<std::uint64_t>> perhaps(std::string_view name, std::uint64_t most) const;
  Result<std::string> text(std::string_view name, std::string otherwise) const;
  Result<bool> flag(std::string_view name) const;
  /// None where it is not there.
  const boost::json::value* find(std::string_view name) const { return object_.if_contains(name); }

 private:
  boost::json::object object_;
};

/// Answers with JSON that is never kept.
void respond_json(const Exchange& exchange, std::string body, int status = 200);
void respond_nothing(const Exchange& exchange);
/// A route for whoever has a token, that takes and gives JSON. What `act` fails with is answered.
using Act = std::function<Result<void>(Services&, const Exchange&)>;
Route json_route(Method method, std::string_view path, std::string_view summary, std::vector<int> statuses, Act act);
constexpr std::uint64_t lease_most_s = std::chrono::seconds(longest_wait).count();

/// type, stream, party, tag, measure, lease_seconds and backoff_seconds, for the caller. Fails with: refused.
Result<ConsumerSettings> settings_of(const Exchange& exchange, const Members& members, std::vector<std::chrono::seconds> backoff);
/// A consumer or a webhook is its maker's; admins and the owner of the ledger have all.
bool may_use(const Caller& caller, const std::string& owner);
/// The same of whoever asks.
MayUse may_use(const Exchange& exchange);
/// RFC 3339, in UTC.
std::string instant_text(Moment moment);
/// Position, lag, state and last error, as members without braces. `stopped`: whoever works for it does not, whatever there is to do.
std::string state_members(const Services& services, const Consumer& consumer, bool stopped = false);
/// A list of what is parked.
std::string parked_json(const Consumer& consumer);

}  // namespace chancery::server
