#include "tools/chancery/one_event.hpp"

#include <iostream>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/lines.hpp"
#include "tools/chancery/printed.hpp"
#include "tools/chancery/scratch.hpp"

namespace chancery::cli {
namespace {

/// What the ledger would do with the event.
Result<AppendedEvent> rehearse(const Ledger& ledger, const Given& given) {
  const Result<std::unique_ptr<Rehearsal>> rehearsal = Rehearsal::begin(ledger, temporary_folder());
  if (!rehearsal) return Failure(rehearsal.error());
  return (*rehearsal)->add(given);
}

Result<int> print_event(Context& context, const Ledger& ledger, Given given) {
  const Result<AppendedEvent> event = rehearse(ledger, given);
  if (!event) return Failure(event.error());
  given.event.stream = event->stream;
  std::string full;
  write_event(full, given.event);
  if (context.format_given()) {
    print_object(context, full.substr(1, full.size() - 2));
  } else {
    context.out() << full << '\n';
  }
  if (!event->fresh) context.err() << "known already at position " << event->position << '\n';
  return done;
}

}  // namespace

Result<bool> set_options(Context& context, OneEvent& one, const std::vector<Said>& options) {
  const auto visibility = visibility_to_write(context);
  if (!visibility) return Failure(visibility.error());
  std::vector<Said> all = options;
  if (*visibility) all.push_back({"--visibility", {"visibility"}, json_text(word(**visibility))});
  for (const Said& said : all) {
    if (auto set = one.draft.set_option(said.option, said.path, said.raw); !set) {
      static_cast<void>(wrong_usage(context, set.error()));
      return false;
    }
  }
  return true;
}

Result<Given> finish_draft(const Context& context, OneEvent& one) {
  const Result<std::string> zone = zone_to_write(context);
  if (!zone) return Failure(zone.error());
  Result<std::optional<std::string>> by = recorder(context);
  if (!by) return Failure(by.error());
  const std::string json = one.draft.json();
  Result<Given> given = EventReader().read(json, {false, *zone, one.fresh_id});
  if (given) given->recorded_by = std::move(*by);
  return given;
}

OneEvent about(const Event& named, std::string_view type, bool dry_run) {
  OneEvent one{EventDraft::of_type(type).value(), true, dry_run};
  if (named.level() != Visibility::public_) one.draft.set_text({"visibility"}, word(named.level()));
  return one;
}

Result<int> record_one(Context& context, Ledger& ledger, const OneEvent& one, Given given) {
  if (one.dry_run) return print_event(context, ledger, std::move(given));
  std::vector<Given> events;
  events.push_back(std::move(given));
  const Result<Appended> appended = ledger.append(std::move(events));
  if (!appended) return Failure(appended.error());
  print_result(context, appended->events.front());
  return done;
}

Result<int> record_first(Context& context, const OneEvent& one, Given given) {
  {
    const Result<LedgerToCheck> opened = open_to_check(context, one.dry_run ? Access::read : Access::write);
    if (!opened) return Failure(opened.error());
    if (one.dry_run || !opened->scratch) return record_one(context, *opened->ledger, one, std::move(given));
    if (auto good = rehearse(*opened->ledger, given); !good) return Failure(good.error());
  }
  const Result<std::shared_ptr<Ledger>> ledger = context.open(Access::write, true);
  if (!ledger) return Failure(ledger.error());
  return record_one(context, **ledger, one, std::move(given));
}

void add_making(CLI::App* command, Context& context, bool& dry_run) {
  command->add_option("--visibility", context.options.visibility, "Who may read the new event: public, partner or restricted")
      ->type_name("LEVEL");
  command->add_flag("--dry-run", dry_run, "Prints the event, records nothing");
  add_as(command, context);
}

CLI::Option* add_fields(CLI::App* command, std::vector<std::string>& words, const std::string& description) {
  return command->add_option("FIELD=VALUE", words, description)->check(check_assignment)->type_name("");
}

}  // namespace chancery::cli
