#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/reading.hpp"

/// init: a new ledger.
namespace chancery::cli {
namespace {

Result<void> check_source(const std::string& source) {
  if (source.empty()) return refused("--source", "nothing", "a URI, such as https://example.org/ledgers/minsk or urn:uuid:...");
  const auto uri = boost::urls::parse_uri(source);
  if (uri.has_value()) return {};
  return refused("--source", chancery::quoted(source), "a URI, such as https://example.org/ledgers/minsk or urn:uuid:...");
}

Result<std::shared_ptr<Ledger>> make(Context& context, const std::string& source) {
  LedgerOptions options;
  options.create = true;
  options.followers = context.followers();
  options.wait = std::chrono::milliseconds(static_cast<std::int64_t>(context.options.wait_seconds * 1000));
  options.command = context.command;
  options.source = source;
  auto made = Ledger::open(context.options.ledger, options);
  if (!made) return Failure(made.error());
  return std::shared_ptr<Ledger>(std::move(*made));
}

void tell(Context& context, const Ledger& ledger, bool fresh) {
  context.err() << fmt::format("{} {}: {}, {} events\n", fresh ? "made" : "there already:", context.options.ledger, ledger.source(), ledger.last());
  if (!context.format_given()) return;
  print_object(context, fmt::format("\"ledger\": {}, \"source\": {}, \"position\": {}, \"new\": {}", json_text(context.options.ledger),
                                    json_text(ledger.source()), ledger.last(), fresh));
}

Result<int> run_init(Context& context, const std::optional<std::string>& source) {
  if (source) {
    if (auto good = check_source(*source); !good) return Failure(good.error());
  }
  Result<std::shared_ptr<Ledger>> ledger = context.open(Access::read);
  const bool fresh = !ledger && ledger.error().kind == ErrorKind::not_found;
  if (fresh) ledger = make(context, source.value_or(""));
  if (!ledger) return Failure(ledger.error());
  if (source && (*ledger)->source() != *source) {
    return refused("--source", *source, (*ledger)->source() + ", which names the ledger that is there already; it is never changed");
  }
  tell(context, **ledger, fresh);
  return done;
}

constexpr const char* examples =
    "  chancery init\n"
    "  chancery --ledger minsk init --source https://example.org/ledgers/minsk\n"
    "\n"
    "The first record or add makes a ledger too. The source names it to the outside (in CloudEvents) for ever; without one it is a fresh\n"
    "urn:uuid:. Where a ledger is already, nothing happens, and the exit code is 0 unless another --source is asked for.";

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto source = std::make_shared<std::optional<std::string>>();
  CLI::App* command = add_command(app, context, "init", "Makes a new ledger", examples,
                                  [&context, source] { return run_command(context, [&] { return run_init(context, *source); }); });
  command->add_option("--source", *source, "The ledger's URI to the outside (default: a fresh urn:uuid:)")->type_name("URI");
}

}  // namespace chancery::cli
