#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <iostream>

#include "tools/chancery/remote.hpp"
#include "tools/chancery/run.hpp"
#include "tools/server/access.hpp"

/// POST /v1/commands: a command of the CLI that is run where the ledger is.
namespace chancery::server {
namespace {

namespace json = boost::json;

constexpr std::size_t head_bytes_max = 1UL << 20, pipe_bytes_max = 1UL << 20, copy_bytes = 256 * 1024;

struct Head {
  std::vector<std::string> words;
  std::map<std::string, std::string, std::less<>> environment;
  Screen screen;
  std::vector<std::pair<std::string, std::uint64_t>> files;
  std::uint64_t bytes = 0;  ///< of the head itself
};

std::string read_at(const cli::File& file, std::uint64_t from, std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t got = ::pread(file.get(), bytes.data(), most, static_cast<off_t>(from));
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

Result<Head> head_of(const cli::File& spool) {
  const auto bad = [] { return refused("body", "no head that says what is to be run", "what chancery itself sends"); };
  if (!spool.open()) return bad();
  const std::string begin = read_at(spool, 0, head_bytes_max);
  const std::size_t end = begin.find('\n');
  boost::system::error_code error;
  if (end == std::string::npos) return bad();
  const json::value parsed = json::parse(std::string_view(begin).substr(0, end), error);
  if (error || !parsed.is_object()) return bad();
  Head head;
  head.bytes = end + 1;
  try {
    const json::object& object = parsed.as_object();
    for (const json::value& word : object.at("arguments").as_array()) head.words.emplace_back(word.as_string());
    for (const auto& [name, value] : object.at("environment").as_object()) head.environment[name] = value.as_string();
    const json::object& screen = object.at("screen").as_object();
    head.screen = {screen.at("terminal").as_bool(), screen.at("colour").as_bool(), screen.at("columns").to_number<std::size_t>()};
    for (const json::value& file : object.at("files").as_array()) {
      head.files.emplace_back(file.at("name").as_string(), file.at("bytes").to_number<std::uint64_t>());
    }
  } catch (const std::exception&) {
    return bad();
  }
  return head;
}

/// The files of a body, each by itself. The last stays where it is, so that one file, however large, is copied by nobody.
std::vector<std::pair<std::string, cli::File>> files_of(const Head& head, cli::File& spool) {
  std::vector<std::pair<std::string, cli::File>> files;
  std::uint64_t at = head.bytes;
  for (std::size_t i = 0; i < head.files.size(); ++i) {
    const auto& [name, bytes] = head.files[i];
    if (i + 1 == head.files.size()) {
      ::lseek(spool.get(), static_cast<off_t>(at), SEEK_SET);
      files.emplace_back(name, std::move(spool));
      break;
    }
    cli::File file = spool_file();
    for (std::uint64_t done = 0; done < bytes;) {
      const std::string piece = read_at(spool, at + done, std::min<std::uint64_t>(copy_bytes, bytes - done));
      if (piece.empty()) break;
      append_to(file, piece);
      done += piece.size();
    }
    ::lseek(file.get(), 0, SEEK_SET);
    files.emplace_back(name, std::move(file));
    at += bytes;
  }
  return files;
}

/// A stream whose text goes into a pipe in pieces of one kind.
class PieceBuffer final : public std::streambuf {
 public:
  PieceBuffer(Pipe& pipe, cli::Piece kind, std::size_t most) : pipe_(pipe), kind_(kind), most_(most) {}

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    text_.append(text, static_cast<std::size_t>(count));
    return text_.size() >= most_ && sync() != 0 ? 0 : count;
  }
  int sync() override {
    if (text_.empty()) return 0;
    const bool written = pipe_.write(cli::piece_of(kind_, text_));
    text_.clear();
    return written ? 0 : -1;
  }

 private:
  Pipe& pipe_;
  const cli::Piece kind_;
  const std::size_t most_;
  std::string text_;
};

/// Commands that change the ledger, and those that change how it works.
bool records(std::string_view name) {
  return name == "record" || name == "add" || name == "correct" || name == "retract" || name == "source";
}

std::optional<Answer> check_command(const std::vector<std::string>& words, const Caller& caller) {
  std::string_view name;
  for (const cli::Command& command : cli::commands()) {
    if (std::find(words.begin(), words.end(), command.name) == words.end()) continue;
    if (command.place == cli::RunsAt::here) return problem(403, "", fmt::format("{} is not run by a server", command.name));
    if (name.empty()) name = command.name;
    if (records(command.name) && caller.role < Role::recorder) return problem(403, "", fmt::format("role: found {}; allowed: recorder, admin", role_name(caller.role)));
    if (command.name == "rebuild" && caller.role < Role::admin) return problem(403, "", fmt::format("role: found {}; allowed: admin", role_name(caller.role)));
    if ((command.name == "stats") && caller.role < Role::recorder) return problem(403, "", fmt::format("role: found {}; allowed: recorder, admin", role_name(caller.role)));
  }
  if (name.empty()) return problem(400, "", "arguments: found no command; allowed: one of chancery --help");
  // What a server would run, or wait for, in the caller's stead.
  for (const std::string& word : words) {
    for (const std::string_view option : {"--exec", "--consumer"}) {
      if (word.starts_with(option)) return problem(403, "", fmt::format("{} is not done by a server", option));
    }
  }
  if (name == "tail" && std::find(words.begin(), words.end(), "--once") == words.end()) return problem(403, "", "tail is done by a server with --once only");
  return std::nullopt;
}

void run_command(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const Result<Head> head = head_of(exchange->spool);
  if (!head) return exchange->respond(Reply(problem(head.error())));
  if (auto refused = check_command(head->words, exchange->caller)) return exchange->respond(Reply(std::move(*refused)));
  auto files = files_of(*head, exchange->spool);
  const auto stall = exchange->caller.owner ? std::chrono::hours(24) : std::chrono::milliseconds(std::chrono::seconds(services.config.stall_seconds));
  const auto pipe = std::make_shared<Pipe>(pipe_bytes_max, stall);
  Reply reply;
  reply.answer.content_type = "application/octet-stream";
  reply.answer.headers.emplace_back("Cache-Control", "no-store");
  reply.pipe = pipe;
  exchange->respond(std::move(reply));

  PieceBuffer out_buffer(*pipe, cli::Piece::out, 64 * 1024), err_buffer(*pipe, cli::Piece::err, 1);
  std::ostream out(&out_buffer), err(&err_buffer);
  // What is said stands where it was said.
  err.tie(&out);
  cli::Surroundings around;
  around.out = &out;
  around.err = &err;
  around.screen = head->screen;
  around.environment = head->environment;
  around.ledger = services.ledger;
  around.ceiling = exchange->caller.level();
  if (!exchange->caller.owner) around.recorder = exchange->caller.name;
  for (const auto& [name, file] : files) around.files.emplace_back(name, file.get());
  around.keep_rejected = [&](std::string_view name, std::string_view bytes) {
    static_cast<void>(pipe->write(cli::piece_of(cli::Piece::rejected, std::string(name) + '\0' + std::string(bytes))));
  };
  cli::Context context(std::move(around));
  int code = cli::machine_failed;
  try {
    code = cli::run(context, head->words);
  } catch (const std::exception& broken) {
    err << "chancery: " << broken.what() << '\n';
  }
  out.flush();
  pipe->write(cli::piece_of(cli::Piece::exit, std::string(1, static_cast<char>(code))));
  pipe->finish(true);
}

}  // namespace

void add_command_routes(std::vector<Route>& routes) {
  Route commands;
  commands.method = Method::post;
  commands.path = "/v1/commands";
  commands.summary = "Runs a command of the CLI as if it were run by the caller; for chancery --server, whose own format it speaks";
  commands.body = Body::file;
  commands.takes = {"application/octet-stream"};
  commands.gives = {"application/octet-stream"};
  commands.statuses = {200, 400, 403};
  commands.handle = run_command;
  routes.push_back(commands);
}

}  // namespace chancery::server
