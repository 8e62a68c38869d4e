#pragma once

#include "tools/server/log.hpp"
#include "tools/server/services.hpp"

/// What is the same for every request: who asks, whether it may, and what is written down of it.
namespace chancery::server {

/// The cookie in which a browser keeps its token, with its `=`.
constexpr std::string_view cookie_name = "chancery_token=";

/// Fails with: refused (a token that is none), disk, corrupt.
Result<Caller> caller_of(Services& services, const Request& request);
/// A token is wanted (RFC 6750).
Answer unauthorized(Error error);
/// What a caller is told of an error. What is wrong with the machine is told to those who run it, and logged: it names folders, and what lies in
/// them.
Answer problem_for(const Caller& caller, const Error& error);
/// What speaks against the caller's using the route; nothing if it may.
std::optional<Answer> check_access(const Services& services, const Route& route, const Caller& caller);
/// Whether who asked still is who he was: a token may have been revoked, or given anew.
bool is_still(Services& services, const Exchange& exchange);
/// What is said to whoever is not.
Answer is_no_longer();
/// What of the headers speaks against a request, whatever it asks for: of HTTP `version` (11 is 1.1), its body in chunks or not (RFC 9112).
std::optional<Answer> check_headers(const Request& request, unsigned version, bool chunked);
/// What speaks against the query's parameters: unknown ones, and those given twice that are read once.
std::optional<Answer> check_query(const Request& request, const Route& route);
/// Takes parameters without a value away, which say nothing: a form sends every field it has.
void drop_blank(Request& request, const Route& route);
/// The origin whose page may read the answer, if the request comes from one.
std::optional<std::string> allowed_origin(const Services& services, const Request& request);

/// What a browser asks before it lets a page of another origin ask (Fetch, "CORS-preflight request"); nothing if it is no such question,
/// or the origin is not allowed.
std::optional<Answer> preflight(const Services& services, const Request& request, const Found& found);

/// What is logged of a request whose reader has gone before it was answered: 499, which no RFC has and many servers log.
Reply to_nobody();
/// Has `handle` answer; what it throws becomes an answer.
void answer_safely(std::string_view route, const std::shared_ptr<Exchange>& exchange, const std::function<void()>& handle);
/// Has the route handle it, when the ledger has the position that `min_position` names.
void handle_safely(Services& services, const Route& route, const std::shared_ptr<Exchange>& exchange);

/// A file without a name for a body of at most so many bytes; a small one is in memory. Fails with: disk.
Result<cli::File> spool_file(std::uint64_t bytes);
/// Fails with: disk.
Result<void> append_to(const cli::File& file, std::string_view bytes);

}  // namespace chancery::server
