#include "tools/server/access.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/json/writer.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/chancery/times.hpp"
#include "tools/server/open_files.hpp"

namespace chancery::server {
namespace {

constexpr std::string_view bearer = "bearer ";
constexpr std::chrono::seconds wait_for_position_max{5};
constexpr std::uint64_t spooled_in_memory_max = 256UL << 10;

Answer too_late(const Services& services, Position position) {
  Answer late = problem(503, Error{ErrorKind::refused, "min_position", fmt::format("{}, where the ledger ends at {}", position, services.ledger->last()),
                                   fmt::format("a position that it reaches in {} s", wait_for_position_max.count())});
  late.headers.emplace_back("Retry-After", "1");
  return late;
}

bool may(Needs needs, const Caller& caller, bool open_reading) {
  switch (needs) {
    case Needs::nothing: return true;
    case Needs::reading: return caller.known || open_reading;
    case Needs::token: return caller.known;
    case Needs::recording: return caller.known && caller.role >= Role::recorder;
    case Needs::admin: return caller.known && caller.role == Role::admin;
  }
  return false;
}

/// A browser brings the token along by itself, so what is done for it must change nothing. One that is none is as good as none.
Result<Caller> caller_of_cookie(Services& services, const Request& request) {
  if (request.method != Method::get && request.method != Method::head) return Caller{};
  const std::string cookies = request.header("cookie");
  const std::size_t at = cookies.find(cookie_name);
  if (at == std::string::npos || (at > 0 && cookies[at - 1] != ' ')) return Caller{};
  const std::size_t begin = at + cookie_name.size();
  const auto token = services.tokens.find(std::string_view(cookies).substr(begin, cookies.find(';', begin) - begin));
  if (!token) return Failure(token.error());
  if (!*token) return Caller{};
  return Caller{(*token)->name, (*token)->role, false, true};
}

}  // namespace

Answer unauthorized(Error error) {
  Answer answer = problem(401, std::move(error));
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"chancery\"");
  return answer;
}

Answer problem_for(const Caller& caller, const Error& error) {
  const bool of_machine = error.kind == ErrorKind::disk || error.kind == ErrorKind::corrupt || error.kind == ErrorKind::newer_format;
  if (!of_machine) return problem(error);
  log_line("error", {{"what", error.message()}});
  if (caller.owner || (caller.known && caller.role == Role::admin)) return problem(error);
  return problem(Error{error.kind, "server", "a failure of its machine, which its log tells", "the same again, later"});
}

Result<Caller> caller_of(Services& services, const Request& request) {
  if (request.trusted) return Caller{"", Role::admin, true, true};
  const std::string given = request.header("authorization");
  if (given.empty()) return caller_of_cookie(services, request);
  if (!lower_case(given).starts_with(bearer)) return refused("Authorization", "something else", "Bearer TOKEN");
  const auto token = services.tokens.find(std::string_view(given).substr(bearer.size()));
  if (!token) return Failure(token.error());
  if (!*token) return refused("Authorization", "a token that is none", "one that chancery token add made");
  return Caller{(*token)->name, (*token)->role, false, true};
}

std::optional<Answer> check_access(const Services& services, const Route& route, const Caller& caller) {
  if (may(route.needs, caller, services.config.open_reading)) return std::nullopt;
  if (!caller.known) return unauthorized({ErrorKind::refused, "Authorization", "no token", "Bearer TOKEN, a token that chancery token add made"});
  return problem(403, Error{ErrorKind::refused, "role", std::string(role_name(caller.role)), route.needs == Needs::recording ? "recorder, admin" : "admin"});
}

bool is_still(Services& services, const Exchange& exchange) {
  const Result<Caller> who = caller_of(services, exchange.request);
  const Caller& was = exchange.caller;
  return who && who->name == was.name && who->role == was.role && who->known == was.known;
}

Answer is_no_longer() { return unauthorized({ErrorKind::refused, "Authorization", "a token that is none any longer", "one that chancery token add made"}); }

std::optional<Answer> check_headers(const Request& request, unsigned version, bool chunked) {
  const auto hosts = std::count_if(request.headers.begin(), request.headers.end(), [](const auto& header) { return header.first == "host"; });
  if (hosts > 1) return problem(400, "Host", "it more than once", "it once (RFC 9112, 3.2)");
  if (version == 11 && hosts == 0) return problem(400, "Host", "nothing", "the server's name (RFC 9112, 3.2)");
  const std::string coding = lower_case(request.header("content-encoding"));
  if (!coding.empty() && coding != "identity") return problem(415, "Content-Encoding", quoted(coding), "identity");
  if (!request.has_header("transfer-encoding")) return std::nullopt;
  const std::string transfer = lower_case(request.header("transfer-encoding"));
  if (!chunked) return problem(400, "Transfer-Encoding", quoted(transfer), "chunked");
  // Where an older version is spoken, what lies between may have read the body as one of another length (RFC 9112, 6.1).
  if (version < 11) return problem(400, "Transfer-Encoding", "it in HTTP/1.0", "Content-Length");
  if (transfer != "chunked") return problem(501, "Transfer-Encoding", quoted(transfer), "chunked");
  return std::nullopt;
}

std::optional<Answer> check_query(const Request& request, const Route& route) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : route.query) names.push_back(parameter.name);
  for (const auto& [name, value] : request.target.query) {
    const auto known = std::find_if(route.query.begin(), route.query.end(), [&](const Parameter& one) { return one.name == name; });
    if (known == route.query.end()) {
      return problem(Error{ErrorKind::refused, "query", quoted(name), names.empty() ? "no parameters" : fmt::format("{}", fmt::join(names, ", "))});
    }
    const auto times = std::count_if(request.target.query.begin(), request.target.query.end(), [&](const auto& one) { return one.first == name; });
    if (times > 1 && !known->many) return problem(Error{ErrorKind::refused, name, "it more than once", "it once"});
  }
  for (const Parameter& parameter : route.query) {
    if (parameter.required && request.parameter(parameter.name).value_or("").empty()) {
      return problem(Error{ErrorKind::refused, std::string(parameter.name), "nothing", std::string(parameter.description)});
    }
  }
  return std::nullopt;
}

void drop_blank(Request& request, const Route& route) {
  std::erase_if(request.target.query, [&](const auto& given) {
    const auto known = std::find_if(route.query.begin(), route.query.end(), [&](const Parameter& one) { return one.name == given.first; });
    return given.second.empty() && known != route.query.end() && !known->flag;
  });
}

std::optional<std::string> allowed_origin(const Services& services, const Request& request) {
  const std::string origin = request.header("origin");
  const auto& allowed = services.config.cors_origins;
  return std::find(allowed.begin(), allowed.end(), origin) == allowed.end() ? std::nullopt : std::optional(origin);
}

std::optional<Answer> preflight(const Services& services, const Request& request, const Found& found) {
  if (request.method != Method::options || found.allow.empty() || request.header("access-control-request-method").empty()) return std::nullopt;
  if (!allowed_origin(services, request)) return std::nullopt;
  Answer answer;
  answer.status = 204;
  answer.headers = {{"Access-Control-Allow-Methods", "GET, HEAD"}, {"Access-Control-Allow-Headers", "Authorization, Last-Event-ID, If-None-Match"}, {"Access-Control-Max-Age", "600"}};
  return answer;
}

Reply to_nobody() {
  constexpr unsigned client_closed_request = 499;
  Reply reply;
  reply.answer.status = client_closed_request;
  return reply;
}

void handle_safely(Services& services, const Route& route, const std::shared_ptr<Exchange>& exchange) {
  // It was left while it waited for a worker. What was sent whole is recorded all the same.
  if (exchange->left && route.method == Method::get) return exchange->respond(to_nobody());
  const auto wanted = exchange->request.parameter("min_position");
  if (!wanted) return answer_safely(route.path, exchange, [&] { route.handle(services, exchange); });
  const auto position = cli::position_in("pos:" + *wanted);
  if (!position) return exchange->respond(Reply(problem(Error{ErrorKind::refused, "min_position", quoted(*wanted), "a position"})));
  const auto attempt = [&services, &route, exchange, position = *position](bool last) {
    const bool there = services.ledger->last() >= position;
    if ((there || last) && !is_still(services, *exchange)) exchange->respond(Reply(is_no_longer()));
    else if (there) answer_safely(route.path, exchange, [&] { route.handle(services, exchange); });
    else if (last) exchange->respond(Reply(too_late(services, position)));
    return there || last;
  };
  services.waiting.answer(attempt, Waiting::Clock::now() + wait_for_position_max, wait_for_position_max,
                          [&services, position = *position] { return services.ledger->last() >= position; });
}

void answer_safely(std::string_view route, const std::shared_ptr<Exchange>& exchange, const std::function<void()>& handle) {
  Answer answer;
  try {
    return handle();
  } catch (const MachineFailure& broken) {
    answer = problem_for(exchange->caller, broken.error);
  } catch (const std::exception& broken) {
    log_line("error", {{"route", std::string(route)}, {"what", broken.what()}});
    answer = problem(500, "", "");
  }
  exchange->respond(Reply(std::move(answer)));
}

Result<cli::File> spool_file(std::uint64_t bytes) {
  // Most commands are some words, which a full disk must not hold up.
  cli::File file(bytes <= spooled_in_memory_max ? ::memfd_create("chancery", MFD_CLOEXEC) : -1);
  if (!file.open()) {
    std::string path = (cli::temporary_folder() / "chancery-XXXXXX").string();
    file = cli::File(::mkostemp(path.data(), O_CLOEXEC));
    if (!file.open()) return failure(ErrorKind::disk, path, std::strerror(errno), "a folder for temporary files ($TMPDIR of the server)");
    ::unlink(path.c_str());
  }
  if (!leaves_room(file.get())) return failure(ErrorKind::in_use, "body", "more requests at once than the server may have files open for", "fewer, or the same again later");
  return file;
}

Result<void> append_to(const cli::File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failure(ErrorKind::disk, "body", std::strerror(errno), "room for temporary files ($TMPDIR of the server)");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace chancery::server
