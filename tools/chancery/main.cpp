#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "tools/chancery/command.hpp"

namespace {

/// A standard descriptor that is closed would be given to the next file opened, which may be one of the ledger's: it is taken by one that
/// cannot be used.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    if (::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) != descriptor) std::_Exit(chancery::cli::machine_failed);
  }
}

/// A write that cannot be done fails, and is told as any other failure, instead of ending the process.
void let_writes_fail() { std::signal(SIGXFSZ, SIG_IGN); }

/// Where a word that is no command stands in the place of one, it is named.
bool tell_unknown_command(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return false;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  std::cerr << fmt::format("COMMAND: found {}; allowed: {}\n", chancery::quoted(words.front()), fmt::join(names, ", "));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace chancery;
  hold_standard_descriptors();
  let_writes_fail();
  std::ios::sync_with_stdio(false);
  CLI::App app("An append-only ledger of diplomatic actions: record, replay, ask at any point of two times.", "chancery");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  cli::Context context;
  app.add_option("--ledger", context.options.ledger, "The ledger's folder (default: $CHANCERY_LEDGER, then ./ledger)")
      ->envname("CHANCERY_LEDGER")
      ->default_val("./ledger")
      ->type_name("DIR");
  app.add_option("--format", context.options.format, "table, json, ndjson, csv or, for log, md (default: table on a terminal, else ndjson)")
      ->check([](const std::string& text) {
        const auto format = parse_format(text);
        return format ? std::string() : fmt::format("found {}; allowed: {}", format.error().found, format.error().allowed);
      })
      ->type_name("FORMAT");
  app.add_option("--wait", context.options.wait_seconds, "Seconds to wait for another process that has the ledger")->type_name("SECONDS");
  for (const cli::AddCommand add : cli::commands()) add(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    return tell_unknown_command(app) || app.exit(error) != 0 ? cli::usage : cli::done;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::done : cli::usage;
  }
  try {
    return context.chosen();
  } catch (const MachineFailure& broken) {
    return cli::report(broken.error);
  } catch (const std::exception& broken) {
    std::cerr << "chancery: " << broken.what() << '\n';
    return cli::machine_failed;
  }
}
