#include "tools/chancery/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <iostream>

#include "core/zone.hpp"

namespace chancery::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Format Context::format() const {
  if (options.format.empty()) return isatty(STDOUT_FILENO) ? Format::table : Format::ndjson;
  return parse_format(options.format).value();
}

Result<std::string> Context::zone() const {
  std::string zone = options.zone.empty() ? environment("CHANCERY_ZONE") : options.zone;
  if (zone.empty()) zone = "UTC";
  if (!zone_exists(zone)) return refused("--zone", chancery::quoted(zone), "an IANA zone such as UTC or Europe/Minsk");
  return zone;
}

Result<Visibility> Context::level() const {
  if (options.visibility.empty()) return Visibility::restricted;
  for (const Visibility level : all_levels) {
    if (word(level) == options.visibility) return level;
  }
  return refused("--visibility", chancery::quoted(options.visibility), "public, partner, restricted");
}

std::vector<Follower*> Context::followers() {
  if (views_.empty()) views_ = view_followers();
  std::vector<Follower*> followers;
  for (const auto& view : views_) followers.push_back(view.get());
  return followers;
}

Result<std::unique_ptr<Ledger>> Context::open(Access access, bool create) {
  LedgerOptions ledger;
  ledger.access = access;
  ledger.create = create;
  ledger.followers = followers();
  ledger.wait = std::chrono::milliseconds(static_cast<std::int64_t>(options.wait_seconds * 1000));
  ledger.command = command;
  return Ledger::open(options.ledger, ledger);
}

CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& description,
                      const std::string& examples, std::function<int()> run) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer("Examples:\n" + examples);
  command->fallthrough();
  command->callback([&context, name, run = std::move(run)] {
    context.command = "chancery " + name;
    context.chosen = run;
  });
  return command;
}

int report(const Error& error) {
  std::cerr << error.message() << '\n';
  const bool machine = error.kind == ErrorKind::disk || error.kind == ErrorKind::corrupt;
  return machine ? machine_failed : was_refused;
}

void add_visibility(CLI::App* command, Context& context) {
  command->add_option("--visibility", context.options.visibility, "Who reads: public, partner or restricted (default: all)")
      ->type_name("LEVEL");
}

void add_zone(CLI::App* command, Context& context) {
  command->add_option("--zone", context.options.zone, "Zone of dates (default: $CHANCERY_ZONE, then UTC)")->type_name("ZONE");
}

void add_as(CLI::App* command, Context& context) {
  command->add_option("--as", context.options.recorded_by, "Who records (default: $CHANCERY_AS)")->type_name("NAME");
}

CLI::Validator above_zero() {
  return CLI::Validator(
      [](const std::string& text) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool good = error == std::errc() && end == text.data() + text.size() && number > 0 && std::isfinite(number);
        return good ? std::string() : fmt::format("found {}; allowed: a number above 0", chancery::quoted(text));
      },
      "");
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool good = error == std::errc() && end == text.data() + text.size() && number >= least && number <= most;
        const std::string allowed = most == std::numeric_limits<std::uint64_t>::max() ? fmt::format("a whole number from {}", least)
                                                                                       : fmt::format("{} to {}", least, most);
        return good ? std::string() : fmt::format("found {}; allowed: {}", chancery::quoted(text), allowed);
      },
      "");
}

CLI::Option* add_list(CLI::App* command, const std::string& name, std::vector<std::string>& list, const std::string& description,
                      const std::string& type_name) {
  return command->add_option(name, list, description)->type_name(type_name)->expected(1)->allow_extra_args(false)->take_all();
}

const std::vector<AddCommand>& commands() {
  static const std::vector<AddCommand> list{add_init,   add_record, add_add,      add_correct, add_retract, add_source,  add_log,
                                            add_show,   add_trace,  add_view,     add_timeline, add_history, add_diff,   add_replay,
                                            add_tail,   add_schema, add_rebuild,  add_stats,   add_bench,   add_completion};
  return list;
}

}  // namespace chancery::cli
