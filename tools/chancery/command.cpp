#include "tools/chancery/command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/zone.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/chancery/remote.hpp"

namespace chancery::cli {
namespace {

// How soon a command that waits for the ledger sees that a server answers.
constexpr std::chrono::milliseconds look_every{100};

/// Checks that an option is a number of this kind.
CLI::Validator number(const std::function<bool(double)>& good, const std::string& allowed) {
  return CLI::Validator(
      [good, allowed](const std::string& text) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
        return whole && good(value) ? std::string() : fmt::format("found {}; allowed: {}", chancery::quoted(text), allowed);
      },
      "");
}

}  // namespace

Screen Context::screen() const { return around_.screen ? *around_.screen : screen_of(out()); }

std::string Context::environment(std::string_view name) const {
  if (const auto found = around_.environment.find(name); found != around_.environment.end()) return found->second;
  if (around_.ledger) return "";
  const char* value = std::getenv(std::string(name).c_str());
  return value ? value : "";
}

Format Context::format() const {
  if (options.format.empty()) return screen().terminal ? Format::table : Format::ndjson;
  return parse_format(options.format).value();
}

Result<std::string> Context::zone() const {
  std::string zone = options.zone.empty() ? environment("CHANCERY_ZONE") : options.zone;
  if (zone.empty()) zone = "UTC";
  if (!zone_exists(zone)) return refused("--zone", chancery::quoted(zone), "an IANA zone such as UTC or Europe/Minsk");
  return zone;
}

Result<Visibility> Context::level() const {
  if (options.visibility.empty()) return around_.ceiling;
  return level_within("--visibility", options.visibility, around_.ceiling);
}

std::vector<Follower*> Context::followers() {
  if (views_.empty()) views_ = view_followers();
  std::vector<Follower*> followers;
  for (const auto& view : views_) followers.push_back(view.get());
  return followers;
}

Result<std::shared_ptr<Ledger>> Context::open(Access access, bool create, std::chrono::milliseconds wait_least) {
  if (around_.ledger) return around_.ledger;
  LedgerOptions ledger;
  ledger.access = access;
  ledger.create = create;
  ledger.followers = followers();
  ledger.wait = std::max(wait_least, std::chrono::milliseconds(static_cast<std::int64_t>(options.wait_seconds * 1000)));
  ledger.command = command;
  const auto until = std::chrono::steady_clock::now() + std::exchange(ledger.wait, {});
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    ledger.wait = std::clamp(left, std::chrono::milliseconds(0), look_every);
    auto opened = Ledger::open(options.ledger, ledger);
    if (opened) return std::shared_ptr<Ledger>(std::move(*opened));
    if (opened.error().kind != ErrorKind::in_use) return Failure(opened.error());
    const bool served = HttpClient::local(options.ledger, socket_name).has_value();
    if (served && begins_again) throw TakenByServer();
    if (served || left <= look_every) return Failure(opened.error());
  }
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

int report(Context& context, const Error& error) {
  context.answered.error = error;
  context.err() << error.message() << '\n';
  const bool machine = error.kind == ErrorKind::disk || error.kind == ErrorKind::corrupt;
  return machine ? machine_failed : was_refused;
}

int wrong_usage(Context& context, const Error& error) {
  static_cast<void>(report(context, error));
  return usage;
}

void add_visibility(CLI::App* command, Context& context) {
  // A script's unset variable must not mean "all".
  const CLI::Validator not_empty([](const std::string& text) { return text.empty() ? std::string("found nothing; allowed: public, partner, restricted") : std::string(); }, "");
  command->add_option("--visibility", context.options.visibility, "Who reads: public, partner or restricted (default: all)")
      ->check(not_empty)
      ->type_name("LEVEL");
}

void add_zone(CLI::App* command, Context& context) {
  command->add_option("--zone", context.options.zone, "Zone of dates (default: $CHANCERY_ZONE, then UTC)")->type_name("ZONE");
}

void add_as(CLI::App* command, Context& context) {
  command->add_option("--as", context.options.recorded_by, "Who records (default: $CHANCERY_AS)")->type_name("NAME");
}

CLI::Validator above_zero() {
  return number([](double number) { return number > 0; }, "a number above 0");
}

CLI::Validator not_negative() {
  return number([](double number) { return number >= 0; }, "0 or a number above it");
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

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](const std::string& text) {
        const bool good = std::find(words.begin(), words.end(), text) != words.end();
        return good ? std::string() : fmt::format("found {}; allowed: {}", chancery::quoted(text), fmt::join(words, ", "));
      },
      "");
}

CLI::Option* add_list(CLI::App* command, const std::string& name, std::vector<std::string>& list, const std::string& description,
                      const std::string& type_name) {
  return command->add_option(name, list, description)->type_name(type_name)->expected(1)->allow_extra_args(false)->take_all();
}

const std::vector<Command>& commands() {
  static const std::vector<Command> list{
      {"init", add_init, RunsAt::server},
      {"record", add_record, RunsAt::server},
      {"add", add_add, RunsAt::server},
      {"correct", add_correct, RunsAt::server},
      {"retract", add_retract, RunsAt::server},
      {"source", add_source, RunsAt::server},
      {"log", add_log, RunsAt::server},
      {"show", add_show, RunsAt::server},
      {"trace", add_trace, RunsAt::server},
      {"view", add_view, RunsAt::server},
      {"timeline", add_timeline, RunsAt::server},
      {"history", add_history, RunsAt::server},
      {"diff", add_diff, RunsAt::server},
      {"replay", add_replay, RunsAt::both},
      {"tail", add_tail, RunsAt::both},
      {"schema", add_schema, RunsAt::here},
      {"rebuild", add_rebuild, RunsAt::server},
      {"stats", add_stats, RunsAt::server},
      {"serve", add_serve, RunsAt::here},
      {"token", add_token, RunsAt::here},
      {"bench", add_bench, RunsAt::here},
      {"completion", add_completion, RunsAt::here},
  };
  return list;
}

}  // namespace chancery::cli
