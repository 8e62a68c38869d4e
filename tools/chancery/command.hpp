#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "projections/query.hpp"
#include "projections/followers.hpp"
#include "storage/ledger.hpp"
#include "tools/format/format.hpp"

/// What every command of `chancery` stands on: its options, the ledger it opens, and how it ends.
namespace chancery::cli {

/// Exit codes (interfaces.md, "CLI").
enum Exit : int { done = 0, was_refused = 1, usage = 2, machine_failed = 3 };

/// Options that belong to no command alone. Filled by the parser before a command runs.
struct Options {
  std::string ledger;             ///< --ledger, $CHANCERY_LEDGER, ./ledger
  std::string server;             ///< --server: a URL, instead of a folder
  std::string format;             ///< --format as given; empty: by what stdout is
  std::string visibility;         ///< --visibility; empty: restricted for reading, absent for writing
  std::string zone;               ///< --zone as given
  std::optional<std::string> recorded_by;  ///< --as as given
  double wait_seconds = 0;        ///< --wait
};

/// A file that came along with a command.
struct SentFile {
  std::string name;                  ///< as messages call it
  std::string rejected;              ///< where its refused lines are kept, as messages call it
  int descriptor = -1;               ///< open for reading
  std::optional<Error> error;        ///< why it could not be sent
  std::optional<Error> cannot_keep;  ///< why none of its lines could be kept there
};

/// From where a command is run: a process of its own, or a server that runs it for a caller.
struct Surroundings {
  std::ostream* out = &std::cout;
  std::ostream* err = &std::cerr;
  std::optional<Screen> screen;                    ///< what `out` is, where that is not this process's own
  std::map<std::string, std::string, std::less<>> environment;
  std::shared_ptr<Ledger> ledger;                  ///< the one that is served; none: the command opens its own
  Visibility ceiling = Visibility::restricted;     ///< nothing above it is read
  std::optional<std::string> recorder;             ///< whatever --as says, that is who records
  bool keeps_recorded = true;                      ///< whether who recorded an event, and when, may be what a file says
  std::vector<SentFile> files;                     ///< what `record` reads, in the order of its arguments, up to the first that could not be sent
  /// Whether a command may be run; none: any may.
  std::function<Result<void>(std::string_view command)> permit;
  /// Has whoever reads wait before what is said next; none: the process sleeps, and it is the one that starts other processes.
  std::function<void(std::chrono::duration<double>)> wait;
  /// Keeps bytes of refused lines of one of `files`; none: they are kept beside the file.
  std::function<void(std::size_t file, std::string_view bytes)> keep_rejected;
  /// Told what is to be said if nothing is heard from here on. False: nobody waits for the command any longer. None: nobody asks.
  std::function<bool(std::string_view last_words)> goes_on;
};

/// What an answer was: told to whoever ran the command.
struct Answered {
  std::optional<Position> position;  ///< as known at
  std::optional<Instant> at;         ///< of a view: as it was at
  std::optional<std::string> next;      ///< what the next page comes after: a key, or a position
  std::optional<Error> error;
};

class Remote;

/// Thrown where a server took the ledger since it was looked for: what is to be done is begun again, through the server.
struct TakenByServer {};

class Context {
 public:
  Context() = default;
  explicit Context(Surroundings surroundings) : around_(std::move(surroundings)) {}

  Options options;
  std::string command;              ///< the chosen command ("chancery add"), for the lock file: its arguments may be secret
  std::function<int()> chosen;      ///< what the chosen command does
  std::vector<std::string> words;   ///< all that was typed, without the program's name
  std::vector<std::string> reads;   ///< files that the command reads, which go with it to a server
  bool keeps_rejected = false;      ///< whether it keeps lines that are refused
  bool begins_again = false;        ///< whether open() may throw TakenByServer
  std::shared_ptr<Remote> remote;   ///< the server that has the ledger; none: this process opens it

  /// --format, or table on a terminal and ndjson in a pipe.
  Format format() const;
  bool format_given() const { return !options.format.empty(); }
  /// The zone in which dates are read and tables speak: --zone, $CHANCERY_ZONE, UTC. Refused if there is no such zone.
  Result<std::string> zone() const;
  /// --visibility of a command that reads.
  Result<Visibility> level() const;

  std::ostream& out() const { return *around_.out; }
  std::ostream& err() const { return *around_.err; }
  /// What `out` is.
  Screen screen() const;
  /// A variable of the environment; empty where it is not set.
  std::string environment(std::string_view name) const;
  const Surroundings& around() const { return around_; }
  Answered answered;

  /// The followers of all views; the same objects for the life of the context.
  std::vector<Follower*> followers();
  /// The ledger, opened by this command or, where it is served, that of the server. Another process that has it is waited for as long
  /// as --wait says, and for `wait_least` at least, unless it is a server that answers: then it fails with in_use, or throws.
  Result<std::shared_ptr<Ledger>> open(Access access, bool create = false, std::chrono::milliseconds wait_least = {});

 private:
  Surroundings around_;
  std::vector<std::unique_ptr<Follower>> views_;
};

/// A command adds itself to the application: its options, its help with examples, and a callback that sets `context.chosen`.
using AddCommand = void (*)(CLI::App& app, Context& context);

/// Adds a subcommand whose callback sets `context.chosen` to `run`.
CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& description,
                      const std::string& examples, std::function<int()> run);

/// Writes the error to stderr and gives the exit code that goes with it.
int report(Context& context, const Error& error);
/// The same of what is wrong with how the command was called.
int wrong_usage(Context& context, const Error& error);

/// Options that many commands share.
void add_visibility(CLI::App* command, Context& context);
void add_zone(CLI::App* command, Context& context);
void add_as(CLI::App* command, Context& context);

/// An option that may be given any number of times, with one value each.
CLI::Option* add_list(CLI::App* command, const std::string& name, std::vector<std::string>& list, const std::string& description,
                      const std::string& type_name);

/// Checks that an option is a number above 0.
CLI::Validator above_zero();
/// Checks that an option is 0 or a number above it.
CLI::Validator not_negative();
/// Checks that an option is a whole number of this range.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
/// One of these words.
CLI::Validator one_of(std::vector<std::string> words);

/// Where a command is run when a server has the ledger.
enum class RunsAt : std::uint8_t {
  here,    ///< it needs no ledger of the server's
  server,  ///< there, whole
  both,    ///< it asks the server itself
};
struct Command {
  std::string_view name;
  AddCommand add;
  RunsAt place;
};

/// Every command, in the order of the help.
const std::vector<Command>& commands();

void add_init(CLI::App& app, Context& context);
void add_record(CLI::App& app, Context& context);
void add_add(CLI::App& app, Context& context);
void add_correct(CLI::App& app, Context& context);
void add_retract(CLI::App& app, Context& context);
void add_source(CLI::App& app, Context& context);
void add_log(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_schema(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_view(CLI::App& app, Context& context);
void add_timeline(CLI::App& app, Context& context);
void add_history(CLI::App& app, Context& context);
void add_diff(CLI::App& app, Context& context);
void add_trace(CLI::App& app, Context& context);
void add_rebuild(CLI::App& app, Context& context);
void add_tail(CLI::App& app, Context& context);
void add_stats(CLI::App& app, Context& context);
void add_bench(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);
void add_serve(CLI::App& app, Context& context);
void add_token(CLI::App& app, Context& context);

}  // namespace chancery::cli
