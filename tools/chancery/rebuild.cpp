#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/progress.hpp"
#include "tools/chancery/reading.hpp"

/// rebuild: throws away what is derived from the log, and derives it again.
namespace chancery::cli {
namespace {

constexpr std::string_view index_name = "index";

/// What there is to build again: "index", and the views by their own names.
std::vector<std::string> rebuildable() {
  std::vector<std::string> names{std::string(index_name)};
  for (const View* view : all_views()) names.emplace_back(view->name());
  return names;
}

Result<void> rebuild_one(Context& context, Ledger& ledger, const std::string& name) {
  const std::string follower = name == index_name ? name : "view/" + name;
  // A ledger of no events says nothing of how far it has come.
  Progress progress("rebuilding " + name, ledger.last(), "events", !context.around().ledger);
  auto rebuilt = ledger.rebuild(follower, [&](Position done, Position) { progress.at(done, done); });
  progress.clear();
  if (!rebuilt) return rebuilt;
  context.err() << fmt::format("{}: built again from {} events in {:.1f} s\n", name, ledger.last(), progress.seconds());
  return {};
}

Result<int> run_rebuild(Context& context, const std::optional<std::string>& name) {
  std::vector<std::string> names = rebuildable();
  if (name) {
    if (std::find(names.begin(), names.end(), *name) == names.end()) return refused("VIEW", quoted(*name), fmt::format("{}", fmt::join(names, ", ")));
    names = {*name};
  }
  auto ledger = context.open(Access::write);
  if (!ledger) return Failure(ledger.error());
  for (const std::string& one : names) {
    if (auto rebuilt = rebuild_one(context, **ledger, one); !rebuilt) return Failure(rebuilt.error());
  }
  return done;
}

}  // namespace

void add_rebuild(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::optional<std::string>>();
  CLI::App* command = add_command(app, context, "rebuild", "Throw views, or the index, away and build them again from the log: the answers stay the same",
                                  "  chancery rebuild\n"
                                  "  chancery rebuild prisoners\n"
                                  "  chancery rebuild index",
                                  [&context, name] { return run_command(context, [&] { return run_rebuild(context, *name); }); });
  command->add_option("VIEW", *name, "A view's name, or index (default: all)");
}

}  // namespace chancery::cli
