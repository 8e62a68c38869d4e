#include <iostream>

#include "tools/chancery/command.hpp"

namespace {

std::string joined(int argc, char** argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) {
    if (i > 0) line += ' ';
    line += argv[i];
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace chancery;
  std::ios::sync_with_stdio(false);
  CLI::App app("An append-only ledger of diplomatic actions: record, replay, ask at any point of two times.", "chancery");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  cli::Context context;
  context.command_line = joined(argc, argv);
  app.add_option("--ledger", context.options.ledger, "The ledger's folder (default: $CHANCERY_LEDGER, then ./ledger)")
      ->envname("CHANCERY_LEDGER")
      ->default_val("./ledger")
      ->type_name("DIR");
  app.add_option("--format", context.options.format, "table, json, ndjson, csv or, for log, md (default: table on a terminal, else ndjson)")
      ->check([](const std::string& text) {
        const auto format = parse_format(text);
        return format ? std::string() : format.error().message();
      })
      ->type_name("FORMAT");
  app.add_option("--wait", context.options.wait_seconds, "Seconds to wait for another process that has the ledger")->type_name("SECONDS");
  for (const cli::AddCommand add : cli::commands()) add(app, context);
  try {
    app.parse(argc, argv);
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
