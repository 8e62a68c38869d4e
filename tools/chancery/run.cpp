#include "tools/chancery/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "tools/chancery/reading.hpp"
#include "tools/chancery/remote.hpp"

namespace chancery::cli {
namespace {

constexpr std::string_view version = "chancery 1.0.0";

/// Where a word that is no command stands in the place of one, it is named.
bool tell_unknown_command(const CLI::App& app, const Context& context) {
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return false;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  context.err() << fmt::format("COMMAND: found {}; allowed: {}\n", chancery::quoted(words.front()), fmt::join(names, ", "));
  return true;
}

void add_global_options(CLI::App& app, Options& options) {
  app.add_option("--ledger", options.ledger, "The ledger's folder (default: $CHANCERY_LEDGER, then ./ledger)")
      ->envname("CHANCERY_LEDGER")
      ->default_val("./ledger")
      ->type_name("DIR");
  app.add_option("--server", options.server, "A server's URL, instead of a folder; its token is in $CHANCERY_TOKEN")
      // A script's unset variable must not mean a folder.
      ->check(CLI::Validator([](const std::string& text) { return text.empty() ? std::string("found nothing; allowed: http://HOST:PORT or https://HOST") : std::string(); }, ""))
      ->type_name("URL");
  app.add_option("--format", options.format, "table, json, ndjson, csv or, for log, md (default: table on a terminal, else ndjson)")
      ->check([](const std::string& text) {
        const auto format = parse_format(text);
        return format ? std::string() : fmt::format("found {}; allowed: {}", format.error().found, format.error().allowed);
      })
      ->type_name("FORMAT");
  app.add_option("--wait", options.wait_seconds, "Seconds to wait for another process that has the ledger, or for a server to begin its answer (default: 0, and 60)")->check(not_negative())->type_name("SECONDS");
}

/// Whether an option stands among the words: where it is not, the environment may still have given it.
bool is_typed(const std::vector<std::string>& words, const std::string& option) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [&](const std::string& word) { return word == option || word.starts_with(option + '='); });
}

/// `help` and `help COMMAND` ask what --help does.
std::vector<std::string> with_help_as_option(std::vector<std::string> words) {
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

/// `--tag=` is the option with an empty value; the parser would take the next word for it.
std::vector<std::string> with_empty_values(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == "--") {
      all.insert(all.end(), word, words.end());
      break;
    }
    const bool empty = word->starts_with("--") && word->find('=') == word->size() - 1;
    all.push_back(empty ? word->substr(0, word->size() - 1) : *word);
    if (empty) all.emplace_back();
  }
  return all;
}

/// A command that opens a folder, or makes something in it, does not say that it did it to a server.
Result<void> check_place(const Context& context, std::string_view name) {
  const bool of_folder = name == "token" || name == "serve" || name == "bench";
  if (context.options.server.empty() || !of_folder) return {};
  return refused("--server", fmt::format("{} with it", chancery::quoted(name)), "--ledger DIR, where the ledger lies");
}

/// Through the server that has the ledger, if one has.
int run_somewhere(Context& context, RunsAt place) {
  auto remote = Remote::find(context);
  if (!remote) return report(context, remote.error());
  context.remote = std::move(*remote);
  if (!context.remote || place == RunsAt::both) return context.chosen();
  // What was sent is recorded whole, whoever reads what is said of it: as here.
  if (!context.reads.empty()) std::signal(SIGPIPE, SIG_IGN);
  return run_command(context, [&] { return context.remote->run(context); });
}

int run_chosen(Context& context) {
  const std::string name = context.command.substr(context.command.rfind(' ') + 1);
  const auto command = std::find_if(commands().begin(), commands().end(), [&](const Command& one) { return one.name == name; });
  if (const auto& permit = context.around().permit) {
    if (auto permitted = permit(name); !permitted) return report(context, permitted.error());
  }
  if (context.around().ledger || command == commands().end()) return context.chosen();
  if (auto good = check_place(context, name); !good) return report(context, good.error());
  if (command->place == RunsAt::here) return context.chosen();
  // Tail goes from one to the other itself, without telling anything twice.
  context.begins_again = name != "tail";
  for (;;) {
    try {
      return run_somewhere(context, command->place);
    } catch (const TakenByServer&) {
    }
  }
}

}  // namespace

int run(Context& context, const std::vector<std::string>& words) {
  CLI::App app("An append-only ledger of diplomatic actions: record, replay, ask at any point of two times.", "chancery");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  add_global_options(app, context.options);
  app.set_version_flag("--version", std::string(version), "Print the version and exit");
  context.words = words;
  for (const Command& command : commands()) {
    // A server runs one for each request, and needs no other.
    if (!context.around().ledger || std::find(words.begin(), words.end(), command.name) != words.end()) command.add(app, context);
  }
  try {
    std::vector<std::string> reversed = with_empty_values(with_help_as_option(words));
    // The parser takes them from the back.
    std::reverse(reversed.begin(), reversed.end());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    // Asked for its help, too, a command that there is none of is named.
    if (app.get_subcommands().empty() && tell_unknown_command(app, context)) return usage;
    if (dynamic_cast<const CLI::RequiredError*>(&error) && app.get_subcommands().empty()) {
      context.err() << "COMMAND: found nothing; allowed: one of those below\n\n" << app.help();
      return usage;
    }
    return app.exit(error, context.out(), context.err()) == 0 ? done : usage;
  }
  if (!context.around().ledger && is_typed(words, "--server") && is_typed(words, "--ledger")) {
    return wrong_usage(context, {ErrorKind::refused, "--server", fmt::format("{} beside --ledger {}", chancery::quoted(context.options.server), chancery::quoted(context.options.ledger)), "one of them"});
  }
  // A server's own folder is not what its caller calls the ledger.
  if (context.around().ledger) context.options.ledger = context.environment("CHANCERY_LEDGER");
  try {
    return run_chosen(context);
  } catch (const MachineFailure& broken) {
    return report(context, broken.error);
  } catch (const std::exception& broken) {
    context.err() << "chancery: " << broken.what() << '\n';
    return machine_failed;
  }
}

}  // namespace chancery::cli
