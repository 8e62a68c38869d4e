#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <iostream>

#include "tools/chancery/remote.hpp"
#include "tools/chancery/run.hpp"
#include "tools/chancery/sent_files.hpp"
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
  std::vector<std::pair<cli::SentFile, std::uint64_t>> files;  ///< and how many bytes they have
  std::uint64_t bytes = 0;                                     ///< of the head itself
};

/// Thrown where nobody reads what a command prints: it need not go on.
struct ReaderLeft {};

std::string read_at(const cli::File& file, std::uint64_t from, std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t got = ::pread(file.get(), bytes.data(), most, static_cast<off_t>(from));
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

cli::SentFile sent_file(const json::object& told) {
  cli::SentFile file;
  file.name = told.at("name").as_string();
  file.rejected = told.at("rejected").as_string();
  if (const auto* error = told.if_contains("error")) file.error = cli::error_in(error->as_object());
  if (const auto* error = told.if_contains("cannot_keep")) file.cannot_keep = cli::error_in(error->as_object());
  return file;
}

Result<Head> head_of(const cli::File& spool) {
  const auto bad = [] { return refused("body", "no head that says what is to be run", "what chancery itself sends"); };
  if (!spool.open()) return bad();
  const std::string begin = read_at(spool, 0, head_bytes_max);
  const std::size_t end = begin.find('\n');
  boost::system::error_code error;
  if (end == std::string::npos) return bad();
  json::parse_options options;
  // What was typed need not be text: that is for the command to say.
  options.allow_invalid_utf8 = true;
  const json::value parsed = json::parse(std::string_view(begin).substr(0, end), error, {}, options);
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
      head.files.emplace_back(sent_file(file.as_object()), file.at("bytes").to_number<std::uint64_t>());
    }
  } catch (const std::exception&) {
    return bad();
  }
  return head;
}

/// The files of a body, each by itself. The last stays where it is, so that one file, however large, is copied by nobody.
std::vector<cli::File> files_of(const Head& head, cli::File& spool) {
  std::vector<cli::File> files;
  std::uint64_t at = head.bytes;
  for (std::size_t i = 0; i < head.files.size(); ++i) {
    const std::uint64_t bytes = head.files[i].second;
    if (i + 1 == head.files.size()) {
      ::lseek(spool.get(), static_cast<off_t>(at), SEEK_SET);
      files.push_back(std::move(spool));
      break;
    }
    cli::File file = value_or_throw(spool_file(bytes));
    for (std::uint64_t done = 0; done < bytes;) {
      const std::string piece = read_at(spool, at + done, std::min<std::uint64_t>(copy_bytes, bytes - done));
      if (piece.empty()) break;
      if (auto put = append_to(file, piece); !put) throw MachineFailure(put.error());
      done += piece.size();
    }
    ::lseek(file.get(), 0, SEEK_SET);
    files.push_back(std::move(file));
    at += bytes;
  }
  return files;
}

/// A stream whose text goes into a pipe in pieces of one kind. Throws ReaderLeft.
class PieceBuffer final : public GatheringBuffer {
 public:
  PieceBuffer(Pipe& pipe, cli::Piece kind, std::size_t piece_bytes) : GatheringBuffer(piece_bytes), pipe_(pipe), kind_(kind) {}

 protected:
  bool push() override {
    if (gathered_.empty()) return true;
    if (!pipe_.write(cli::piece_of(kind_, gathered_))) throw ReaderLeft();
    gathered_.clear();
    return true;
  }
  int sync() override { return push() ? 0 : -1; }

 private:
  Pipe& pipe_;
  const cli::Piece kind_;
};

/// Commands that change the ledger, and those that change how it works.
bool records(std::string_view name) {
  return name == "record" || name == "add" || name == "correct" || name == "retract" || name == "source";
}

/// What a caller may have run here. What would run something, or wait, in the caller's stead is done by the caller.
Result<void> may_run(std::string_view name, const Caller& caller) {
  const auto found = std::find_if(cli::commands().begin(), cli::commands().end(), [&](const cli::Command& one) { return one.name == name; });
  const auto forbidden = [&](std::string allowed) { return refused("command", quoted(name) + " by " + std::string(role_name(caller.role)), std::move(allowed)); };
  if (found == cli::commands().end() || found->place == cli::RunsAt::here || name == "tail") return forbidden("a command that a server runs");
  const bool for_recorders = records(name) || name == "stats";
  if (for_recorders && caller.role < Role::recorder) return forbidden("recorder, admin");
  // What init says of a ledger that is there is its owner's: where it lies, and how many events it has.
  if ((name == "rebuild" || name == "init") && caller.role < Role::admin) return forbidden("admin");
  return {};
}

/// What the command is told of whoever called it.
cli::Surroundings surroundings_of(Services& services, const Exchange& exchange, const Head& head, const std::vector<cli::File>& files) {
  const Caller& caller = exchange.caller;
  cli::Surroundings around;
  around.screen = head.screen;
  around.environment = head.environment;
  around.ledger = services.ledger;
  around.ceiling = caller.level();
  around.permit = [&caller](std::string_view name) { return may_run(name, caller); };
  // A recorder's name is its token's, and its time the server's.
  around.keeps_recorded = caller.owner || caller.role == Role::admin;
  if (!caller.owner) around.recorder = caller.name;
  for (std::size_t i = 0; i < files.size(); ++i) {
    cli::SentFile file = head.files[i].first;
    file.descriptor = files[i].get();
    around.files.push_back(std::move(file));
  }
  return around;
}

void run_command(Services& services, const std::shared_ptr<Exchange>& exchange) {
  const Result<Head> head = head_of(exchange->spool);
  if (!head) return exchange->respond(Reply(problem(head.error())));
  const std::vector<cli::File> files = files_of(*head, exchange->spool);
  const auto stall = exchange->caller.owner ? std::chrono::hours(24) : std::chrono::milliseconds(std::chrono::seconds(services.config.stall_seconds));
  const auto pipe = std::make_shared<Pipe>(pipe_bytes_max, stall, services.over);
  Reply reply;
  reply.answer.content_type = "application/octet-stream";
  reply.answer.headers.emplace_back("Cache-Control", "no-store");
  reply.answer.headers.emplace_back(cli::HttpClient::pings_header, std::to_string(services.config.ping_seconds));
  pipe->says_meanwhile(cli::piece_of(cli::Piece::err, ""));
  reply.pipe = pipe;
  exchange->respond(std::move(reply));

  PieceBuffer out_buffer(*pipe, cli::Piece::out, 64 * 1024), err_buffer(*pipe, cli::Piece::err, 1);
  std::ostream out(&out_buffer), err(&err_buffer);
  // What is said stands where it was said, and that nobody reads it is thrown on.
  err.tie(&out);
  out.exceptions(std::ios::badbit);
  err.exceptions(std::ios::badbit);
  cli::Surroundings around = surroundings_of(services, *exchange, *head, files);
  around.out = &out;
  around.err = &err;
  around.wait = [&](std::chrono::duration<double> wait) { pipe->write(cli::piece_of(cli::Piece::wait, fmt::format("{}", wait.count()))); };
  around.keep_rejected = [&](std::size_t file, std::string_view bytes) {
    if (!pipe->write(cli::piece_of(cli::Piece::rejected, cli::SentFiles::rejected_piece(file, bytes)))) throw ReaderLeft();
  };
  around.goes_on = [&](std::string_view last_words) { return pipe->write(cli::piece_of(cli::Piece::last_words, last_words)); };
  cli::Context context(std::move(around));
  try {
    const int code = cli::run(context, head->words);
    out.flush();
    pipe->write(cli::piece_of(cli::Piece::exit, std::string(1, static_cast<char>(code))));
    pipe->finish(true);
  } catch (const ReaderLeft&) {
    pipe->finish(false);
  } catch (const std::exception& broken) {
    log_line("error", {{"route", "/v1/commands"}, {"what", broken.what()}});
    pipe->finish(false);
  }
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
  commands.statuses = {200, 400};
  commands.handle = run_command;
  routes.push_back(commands);
}

}  // namespace chancery::server
