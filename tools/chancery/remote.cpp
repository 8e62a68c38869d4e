#include "tools/chancery/remote.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <map>

#include "core/big_endian.hpp"

namespace chancery::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t head_bytes = 1 + 4, read_bytes = 64 * 1024;

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

/// The files that a command reads, opened here.
struct Files {
  std::vector<Input> inputs;
  std::uint64_t bytes = 0;
  std::size_t at = 0;
  std::uint64_t done = 0;

  /// The next piece of them all, one after another; empty: all were read.
  std::string next() {
    while (at < inputs.size()) {
      const Input& input = inputs[at];
      std::string piece(std::min<std::uint64_t>(read_bytes, input.size() - done), '\0');
      if (!piece.empty()) {
        const ssize_t got = ::pread(input.descriptor(), piece.data(), piece.size(), static_cast<off_t>(input.begin() + done));
        if (got <= 0) throw MachineFailure({ErrorKind::disk, input.name(), "a file that ends too early", "a file that nobody changes meanwhile"});
        piece.resize(static_cast<std::size_t>(got));
        done += piece.size();
        return piece;
      }
      ++at;
      done = 0;
    }
    return "";
  }
};

/// What is kept of refused lines, by file; made anew when the first comes.
class RejectedFiles {
 public:
  explicit RejectedFiles(const Files& sent) : sent_(sent) {}

  Result<void> add(std::string_view name_and_bytes) {
    const std::size_t zero = name_and_bytes.find('\0');
    const std::string name(name_and_bytes.substr(0, zero));
    // A server names no file of ours but those beside what it was sent.
    const bool ours = std::any_of(sent_.inputs.begin(), sent_.inputs.end(), [&](const Input& input) { return input.rejected_path() == name; });
    if (!ours) return failure(ErrorKind::disk, "server", "refused lines of " + chancery::quoted(name), "those of a file that it was sent");
    auto& file = files_[name];
    if (!file.open()) file = File(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    for (std::string_view bytes = name_and_bytes.substr(zero + 1); !bytes.empty();) {
      const ssize_t put = file.open() ? ::write(file.get(), bytes.data(), bytes.size()) : -1;
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return failure(ErrorKind::disk, name, std::strerror(errno), "a file for the lines that are refused, and room for them");
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

 private:
  const Files& sent_;
  std::map<std::string, File> files_;
};

std::string head_line(const Context& context, const std::vector<std::string>& words, const Files& files) {
  json::object head;
  json::array& arguments = (head["arguments"] = json::array()).as_array();
  for (const std::string& word : words) arguments.emplace_back(word);
  json::object& environment = (head["environment"] = json::object()).as_object();
  for (const char* name : {"CHANCERY_ZONE", "CHANCERY_AS"}) {
    if (const std::string value = context.environment(name); !value.empty()) environment[name] = value;
  }
  const Screen screen = context.screen();
  head["screen"] = json::object{{"terminal", screen.terminal}, {"colour", screen.colour}, {"columns", screen.columns}};
  json::array& list = (head["files"] = json::array()).as_array();
  for (const Input& input : files.inputs) list.push_back(json::object{{"name", input.name() == "stdin" ? "-" : input.name()}, {"bytes", input.size()}});
  return json::serialize(head) + '\n';
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
    Result<HttpClient> client = HttpClient::of_url(context.options.server, context.environment("CHANCERY_TOKEN"));
    if (!client) return Failure(client.error());
    return std::make_shared<Remote>(std::move(*client));
  }
  std::optional<HttpClient> client = HttpClient::local(context.options.ledger, socket_name);
  return client ? std::make_shared<Remote>(std::move(*client)) : nullptr;
}

Result<int> Remote::run(Context& context, const std::vector<std::string>& words, const std::function<bool(std::string_view)>& out) const {
  auto files = std::make_shared<Files>();
  for (const std::string& path : context.reads) {
    Result<Input> input = Input::open(path);
    if (!input) return Failure(input.error());
    files->bytes += input->size();
    files->inputs.push_back(std::move(*input));
  }
  const std::string head = head_line(context, words, *files);
  HttpClient::Body body{head.size() + files->bytes, [files, head, begun = false]() mutable { return std::exchange(begun, true) ? files->next() : head; }};
  Pieces pieces;
  RejectedFiles rejected(*files);
  std::string problem;
  std::optional<int> code;
  std::optional<Error> failed;
  bool reader_gone = false;
  const auto take = [&](Piece kind, std::string_view bytes) {
    switch (kind) {
      case Piece::out: return !(reader_gone = !out(bytes));
      case Piece::err: context.err() << bytes << std::flush; return true;
      case Piece::rejected:
        if (auto kept = rejected.add(bytes); !kept) failed = kept.error();
        return !failed.has_value();
      case Piece::exit: code = bytes.empty() ? machine_failed : static_cast<int>(bytes.front()); return true;
    }
    return false;
  };
  const auto response = client_.request("POST", "/v1/commands", {{"Content-Type", "application/octet-stream"}}, body, [&](int status, std::string_view bytes) {
    if (status == 200) return pieces.add(bytes, take);
    problem += bytes;
    return true;
  });
  if (failed) return Failure(*failed);
  if (reader_gone) return static_cast<int>(done);
  if (!response) return Failure(response.error());
  if (response->status != 200) return Failure(error_of(response->status, problem, client_.name()));
  if (!code) return failure(ErrorKind::disk, client_.name(), "an answer that ends too early", "a server that goes on");
  return *code;
}

Result<Remote::Got> Remote::ask(std::string_view method, const std::string& target, const std::pair<std::string, std::string>& header, const std::string& body) const {
  Got got;
  const HttpClient::Body one{body.size(), [&body, begun = false]() mutable { return std::exchange(begun, true) ? std::string() : body; }};
  auto response = client_.request(method, target, {header}, one, [&](int, std::string_view bytes) {
    got.body += bytes;
    return true;
  });
  if (!response) return Failure(response.error());
  if (response->status >= 400) return Failure(error_of(response->status, got.body, client_.name()));
  got.response = std::move(*response);
  return got;
}

Result<Remote::Got> Remote::get(const std::string& target, std::string_view accept) const { return ask("GET", target, {"Accept", std::string(accept)}, ""); }

Result<Remote::Got> Remote::send(std::string_view method, const std::string& target, const std::string& json) const {
  return ask(method, target, {"Content-Type", "application/json"}, json);
}

}  // namespace chancery::cli
