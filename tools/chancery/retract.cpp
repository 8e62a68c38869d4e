#include "tools/chancery/one_event.hpp"

/// retract: a record.retracted.
namespace chancery::cli {
namespace {

struct RetractRequest {
  std::string id, reason;
  std::vector<std::string> words;
  bool dry_run = false;
};

Result<int> run_retract(Context& context, const RetractRequest& request) {
  const Result<std::shared_ptr<Ledger>> ledger = context.open(request.dry_run ? Access::read : Access::write);
  if (!ledger) return Failure(ledger.error());
  const Result<Recorded> named = event_named(**ledger, request.id);
  if (!named) return Failure(named.error());
  OneEvent one = about(named->event, RecordRetracted::type, request.dry_run);
  if (auto set = one.draft.set(request.words, EventDraft::Empty::refused); !set) return Failure(set.error());
  const Result<bool> agreed =
      set_options(context, one, {{"ID", {"retracts"}, json_text(named->event.id.text)}, {"--reason", {"data", "reason"}, json_text(request.reason)}});
  if (!agreed) return Failure(agreed.error());
  if (!*agreed) return usage;
  Result<Given> given = finish_draft(context, one);
  if (!given) return Failure(given.error());
  return record_one(context, **ledger, one, std::move(*given));
}

constexpr const char* examples =
    "  chancery retract minsk/estimate-1246 --reason 'the page names neither who counted nor the day of the count'\n"
    "  chancery retract pos:31 --reason 'recorded twice' --visibility restricted\n"
    "  chancery retract minsk/estimate-1246-withdrawn --reason 'the count is confirmed'    # and the estimate stands again\n"
    "\n"
    "Nothing is removed: from now on the event is withdrawn, and what was believed before can still be asked for. What it had corrected\n"
    "stands again. Other fields of the new event (summary, tags, sources, id) can be given as in chancery add.";

}  // namespace

void add_retract(CLI::App& app, Context& context) {
  auto request = std::make_shared<RetractRequest>();
  CLI::App* command = add_command(app, context, "retract", "Withdraws an event, from now on", examples,
                                  [&context, request] { return run_command(context, [&] { return run_retract(context, *request); }); });
  command->add_option("ID", request->id, "The event: its id, or pos:N")->required()->type_name("");
  command->add_option("--reason", request->reason, "Why")->required()->type_name("TEXT");
  add_fields(command, request->words, "More fields of the retraction");
  add_making(command, context, request->dry_run);
}

}  // namespace chancery::cli
