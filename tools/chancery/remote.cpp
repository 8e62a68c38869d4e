#include "tools/chancery/remote.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <csignal>
#include <thread>

#include "core/big_endian.hpp"
#include "tools/chancery/sent_files.hpp"
#include "tools/server/http.hpp"

namespace chancery::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t head_bytes = 1 + 4;
constexpr int status_too_large = 413;
constexpr std::chrono::milliseconds quiet_default = std::chrono::seconds(60);

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// What a server's problem means here (RFC 9457).
Error error_of(int status, const std::string& body, const std::string& server) {
  boost::system::error_code bad;
  const json::value value = json::parse(body, bad);
  const ErrorKind kind = status == 404 ? ErrorKind::not_found : status == 409 ? ErrorKind::conflict : status >= 500 ? ErrorKind::disk : ErrorKind::refused;
  if (bad || !value.is_object()) return {kind, server, fmt::format("status {}", status), "an answer of chancery serve"};
  const json::object& problem = value.as_object();
  if (problem.contains("found")) return {kind, text_of(problem, "field"), text_of(problem, "found"), text_of(problem, "allowed")};
  return {kind, server, text_of(problem, "title") + ": " + text_of(problem, "detail"), "a request that the server takes"};
}

/// A URL as it is used: its scheme is the same in capitals. What may be a password is not repeated.
Result<std::string> server_url(const std::string& url) {
  if (url.find('@') != std::string::npos) {
    return refused("--server", "a URL with a name or a password in it", "http://HOST:PORT or https://HOST; a token is given in $CHANCERY_TOKEN");
  }
  const std::size_t scheme = std::min(url.find("://"), url.size());
  return server::lower_case(std::string_view(url).substr(0, scheme)) + url.substr(scheme);
}

/// How long a server may keep still: as long as --wait says, where it says anything.
std::chrono::milliseconds quiet_max(const Context& context) {
  const std::chrono::duration<double> wait(context.options.wait_seconds);
  return wait.count() > 0 ? std::chrono::duration_cast<std::chrono::milliseconds>(wait) : quiet_default;
}

std::string head_line(const Context& context, const SentFiles& files) {
  json::object head;
  json::array& arguments = (head["arguments"] = json::array()).as_array();
  for (const std::string& word : context.words) arguments.emplace_back(word);
  json::object& environment = (head["environment"] = json::object()).as_object();
  for (const char* name : {"CHANCERY_ZONE", "CHANCERY_AS"}) {
    if (const std::string value = context.environment(name); !value.empty()) environment[name] = value;
  }
  // What messages call the ledger is what its caller calls it.
  environment["CHANCERY_LEDGER"] = context.options.server.empty() ? context.options.ledger : context.options.server;
  const Screen screen = context.screen();
  head["screen"] = json::object{{"terminal", screen.terminal}, {"colour", screen.colour}, {"columns", screen.columns}};
  head["files"] = files.described();
  return json::serialize(head) + '\n';
}

/// What a server says while it runs a command, done here.
class Run {
 public:
  Run(Context& context, SentFiles& files, const std::function<bool(std::string_view)>& out) : context_(context), files_(files), out_(out) {}

  /// False: nothing more is wanted.
  bool take(Piece kind, std::string_view bytes) {
    switch (kind) {
      case Piece::out: return !(reader_gone_ = !out_(bytes));
      case Piece::err: context_.err() << bytes << std::flush; return true;
      case Piece::rejected: keep(bytes); return true;
      case Piece::wait: wait(bytes); return true;
      case Piece::last_words: last_words_ = bytes; return true;
      case Piece::exit: code_ = bytes.empty() ? machine_failed : static_cast<int>(bytes.front()); return true;
    }
    return false;
  }

  bool reader_gone() const { return reader_gone_; }
  /// Nothing: the answer is not at its end.
  std::optional<int> code() const { return code_ && cannot_keep_ ? machine_failed : code_; }

  /// Says how far the recording came of which nothing more is heard.
  int end_early(const Error& error) {
    const int code = report(context_, error);
    if (files_.empty()) return code;
    if (last_words_.empty()) last_words_ = files_.names() + ": nothing was acknowledged, and the same command goes on from there";
    context_.err() << last_words_ << '\n';
    return code;
  }

 private:
  /// Lines that cannot be kept where they belong are told: they are lost nowhere.
  void keep(std::string_view piece) {
    if (!cannot_keep_) {
      const auto kept = files_.keep(piece);
      if (kept) return;
      report(context_, kept.error());
      cannot_keep_ = true;
    }
    context_.err() << SentFiles::rejected_bytes(piece) << std::flush;
  }

  static void wait(std::string_view seconds) {
    double number = 0;
    const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), number);
    if (error == std::errc() && number > 0) std::this_thread::sleep_for(std::chrono::duration<double>(number));
  }

  Context& context_;
  SentFiles& files_;
  const std::function<bool(std::string_view)>& out_;
  std::string last_words_;
  std::optional<int> code_;
  bool reader_gone_ = false, cannot_keep_ = false;
};

/// False: nobody reads what is printed, which the next line would find out too late where none comes for long.
bool stdout_is_read() {
  pollfd out{STDOUT_FILENO, 0, 0};
  if (::poll(&out, 1, 0) != 1 || (out.revents & POLLERR) == 0) return true;
  // As writing to it would.
  std::raise(SIGPIPE);
  return false;
}

/// What a server that takes no body of that size says, said of the files.
Error too_large(const SentFiles& files, const Error& told) {
  return {ErrorKind::refused, files.names(), fmt::format("{} bytes, of which the server takes {} at once", files.bytes(), told.found),
          "smaller files, cut between lines, one after the other; or a server with a larger body-bytes"};
}

}  // namespace

std::string piece_of(Piece kind, std::string_view bytes) {
  std::string piece(1, static_cast<char>(kind));
  append_big_endian(piece, static_cast<std::uint32_t>(bytes.size()));
  return piece += bytes;
}

bool Pieces::add(std::string_view bytes, const std::function<bool(Piece, std::string_view)>& take) {
  rest_ += bytes;
  std::size_t at = 0;
  bool good = true;
  while (good && rest_.size() - at >= head_bytes) {
    const auto length = big_endian_at<std::uint32_t>(rest_, at + 1);
    if (rest_.size() - at < head_bytes + length) break;
    good = take(static_cast<Piece>(rest_[at]), std::string_view(rest_).substr(at + head_bytes, length));
    at += head_bytes + length;
  }
  rest_.erase(0, at);
  return good;
}

Result<std::shared_ptr<Remote>> Remote::find(const Context& context) {
  if (!context.options.server.empty()) {
    const Result<std::string> url = server_url(context.options.server);
    if (!url) return Failure(url.error());
    std::string token = context.environment("CHANCERY_TOKEN");
    if (!std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; })) {
      return refused("CHANCERY_TOKEN", "a token with a space, a line end or a character that is not ASCII", "one as chancery token add prints it");
    }
    Result<HttpClient> client = HttpClient::of_url(*url, std::move(token));
    if (!client) return Failure(client.error());
    return std::make_shared<Remote>(std::move(*client), quiet_max(context));
  }
  std::optional<HttpClient> client = HttpClient::local(context.options.ledger, socket_name);
  if (!client) return nullptr;
  return std::make_shared<Remote>(std::move(*client), quiet_max(context));
}

Result<int> Remote::run(Context& context) const {
  bool read = true;
  HttpClient client = client_;
  // What was sent is recorded whole, whoever reads what is said of it.
  if (context.reads.empty()) client.while_wanted([&] { return read = stdout_is_read(); });
  const auto out = [&](std::string_view text) {
    context.out() << text << std::flush;
    return true;
  };
  return run(context, client, {out, [&] { return read; }});
}

Result<int> Remote::run(Context& context, const std::function<bool(std::string_view)>& out) const {
  return run(context, client_, {out, [] { return true; }});
}

Result<int> Remote::run(Context& context, const HttpClient& client, const Output& output) const {
  SentFiles files(context);
  const std::string head = head_line(context, files);
  HttpClient::Body body{head.size() + files.bytes(), [&, begun = false]() mutable { return std::exchange(begun, true) ? files.next() : head; }};
  Pieces pieces;
  Run run(context, files, output.write);
  std::string problem;
  const auto response = client.request("POST", "/v1/commands", {{"Content-Type", "application/octet-stream"}}, body, [&](int status, std::string_view bytes) {
    if (status == 200) return pieces.add(bytes, [&](Piece kind, std::string_view piece) { return run.take(kind, piece); });
    problem += bytes;
    return true;
  });
  if (run.reader_gone()) return static_cast<int>(done);
  if (!output.is_read()) return failure(ErrorKind::disk, "stdout", "output that nobody reads", "a reader that stays");
  if (!response) return run.end_early(response.error());
  if (response->status != 200) {
    const Error error = error_of(response->status, problem, client_.name());
    return Failure(response->status == status_too_large && !files.empty() ? too_large(files, error) : error);
  }
  if (const auto code = run.code()) return *code;
  return run.end_early({ErrorKind::disk, client_.name(), "an answer that ends too early", "a server that goes on"});
}

namespace {

/// `body` stays until all of it was taken.
HttpClient::Body in_one_piece(const std::string& body) {
  return {body.size(), [&body, begun = false]() mutable { return std::exchange(begun, true) ? std::string() : body; }};
}

}  // namespace

Result<Remote::Got> Remote::ask(std::string_view method, const std::string& target, const std::pair<std::string, std::string>& header, const std::string& body) const {
  Got got;
  HttpClient client = client_;
  client.goes_on_within(quiet_max_);
  auto response = client.request(method, target, {header}, in_one_piece(body), [&](int, std::string_view bytes) {
    got.body += bytes;
    return true;
  });
  if (!response) return Failure(response.error());
  if (response->status >= 400) return Failure(error_of(response->status, got.body, client_.name()));
  got.response = std::move(*response);
  return got;
}

Result<Remote::Got> Remote::get(const std::string& target, std::string_view accept) const { return ask("GET", target, {"Accept", std::string(accept)}, ""); }

Result<void> Remote::stay(const std::string& target, const std::string& json, const std::function<bool()>& wanted, const std::function<void()>& begun) const {
  constexpr int granted = 200;
  HttpClient client = client_;
  client.while_wanted(wanted);
  std::string problem;
  bool told = false;
  const auto response = client.request("POST", target, {{"Content-Type", "application/json"}}, in_one_piece(json), [&](int status, std::string_view bytes) {
    if (status != granted) problem += bytes;
    else if (!std::exchange(told, true)) begun();
    return true;
  });
  if (!response) return Failure(response.error());
  if (response->status != granted) return Failure(error_of(response->status, problem, client_.name()));
  return {};
}

Result<Remote::Got> Remote::send(std::string_view method, const std::string& target, const std::string& json) const {
  return ask(method, target, {"Content-Type", "application/json"}, json);
}

}  // namespace chancery::cli
