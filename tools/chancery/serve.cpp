#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

#include "tools/chancery/reading.hpp"
#include "tools/server/server.hpp"

/// serve: makes the ledger the place that others read from and write to.
namespace chancery::cli {
namespace {

struct ServeOptions {
  std::string config_file;
  bool print = false, create = false;
  std::vector<std::string> given = std::vector<std::string>(server::settings().size());
  std::vector<CLI::Option*> flags;
};

Result<void> set(server::Config& config, const server::Setting& setting, const std::string& text, std::string where) {
  auto set = setting.set(config, text);
  if (set) return set;
  Error error = set.error();
  error.field = std::move(where);
  return Failure(std::move(error));
}

/// The file, then the environment, then the flags.
Result<server::Config> config_of(const Context& context, const ServeOptions& options) {
  server::Config config;
  const std::string file = options.config_file.empty() ? context.environment("CHANCERY_SERVE_CONFIG") : options.config_file;
  if (!file.empty()) {
    if (auto read = server::read_config_file(config, file); !read) return Failure(read.error());
  }
  if (auto known = server::check_variables(environ); !known) return Failure(known.error());
  const auto& settings = server::settings();
  for (const server::Setting& setting : settings) {
    const std::string variable = server::variable_of(setting);
    if (std::getenv(variable.c_str()) == nullptr) continue;
    if (auto done = set(config, setting, context.environment(variable), variable); !done) return Failure(done.error());
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (options.flags[i]->count() == 0) continue;
    if (auto done = set(config, settings[i], options.given[i], fmt::format("--{}", settings[i].name)); !done) return Failure(done.error());
  }
  if (auto good = server::check_config(config); !good) return Failure(good.error());
  return config;
}

Result<int> run_serve(Context& context, const ServeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const Result<server::Config> config = config_of(context, options);
  if (!config) return Failure(config.error());
  if (options.print) {
    context.out() << server::printed_config(*config);
    return done;
  }
  LedgerOptions ledger;
  ledger.create = options.create;
  ledger.followers = context.followers();
  ledger.wait = std::chrono::milliseconds(static_cast<std::int64_t>(context.options.wait_seconds * 1000));
  ledger.command = context.command;
  Result<server::Server> server = server::Server::start(*config, context.options.ledger, ledger);
  if (!server) return Failure(server.error());
  context.out() << fmt::format("serving {}{}\n", context.options.ledger, server->url().empty() ? "" : " at " + server->url()) << std::flush;
  server->run();
  return done;
}

constexpr const char* examples =
    "  chancery serve                                        # http://127.0.0.1:8420, and the socket in the ledger's folder\n"
    "  chancery token add newsroom --role reader             # from another shell: prints the token, once\n"
    "  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:8420/v1/views/prisoners\n"
    "  chancery serve --config serve.conf --print-config     # what it would do, as a file that it reads\n"
    "\n"
    "While a ledger is served, every command that is given its folder works as ever, through the server. SIGTERM lets what is under way\n"
    "end, then stops.";

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = add_command(app, context, "serve", "Serves the ledger over HTTP: the API, feeds and pages", examples,
                                  [&context, options] { return run_command(context, [&] { return run_serve(context, *options); }); });
  command->add_option("--config", options->config_file, "A file of NAME = VALUE lines (default: $CHANCERY_SERVE_CONFIG)")->type_name("FILE");
  command->add_flag("--print-config", options->print, "Prints what file, environment and flags come to, and ends");
  command->add_flag("--create", options->create, "Makes the ledger if there is none");
  const auto& settings = server::settings();
  for (std::size_t i = 0; i < settings.size(); ++i) {
    options->flags.push_back(command->add_option(fmt::format("--{}", settings[i].name), options->given[i], std::string(settings[i].description))
                                 ->type_name(std::string(settings[i].value_name)));
  }
}

}  // namespace chancery::cli
