#include <csignal>

#include "tools/chancery/one_event.hpp"
#include "tools/chancery/record_run.hpp"
#include "tools/chancery/writing.hpp"

/// record: native NDJSON from files and pipes.
namespace chancery::cli {
namespace {

/// Whoever reads what was recorded may go away before the rest of it is: that is a failed output, told at the end.
Result<int> run_record(Context& context, RecordRequest& request) {
  std::signal(SIGPIPE, SIG_IGN);
  if (request.options.preserve_recorded && !context.around().keeps_recorded) {
    return refused("--preserve-recorded-at", "a token that may say neither who recorded an event nor when", "an admin's, or the ledger's own folder");
  }
  Result<Expectations> expectations = Expectations::parse(request.expect);
  if (!expectations) return Failure(expectations.error());
  Result<std::string> zone = zone_to_write(context);
  if (!zone) return Failure(zone.error());
  Result<std::optional<std::string>> by = recorder(context);
  if (!by) return Failure(by.error());
  request.options.progress = !context.around().ledger;
  request.options.zone = std::move(*zone);
  request.options.recorded_by = std::move(*by);
  return RecordRun(context, request, std::move(*expectations)).run();
}

constexpr const char* examples =
    "  chancery record minsk.ndjson                              # checked whole, then recorded\n"
    "  chancery record --dry-run minsk.ndjson                    # only checked: every bad line is listed\n"
    "  chancery record --preserve-recorded-at minsk.ndjson       # moves a ledger, with the times it was recorded\n"
    "  curl -s https://example.org/feed.ndjson | chancery record --skip-invalid -\n"
    "  chancery record --expect state:BLR=3 release.ndjson       # only if nobody recorded there meanwhile\n"
    "  chancery record --zone Europe/Minsk --as desk-2 release.ndjson --format json\n"
    "\n"
    "A line is one event:\n"
    "  {\"type\": \"prisoners.released\", \"occurred\": \"2025-09-11\", \"zone\": \"Europe/Minsk\",\n"
    "   \"data\": {\"holder\": \"state:BLR\", \"count\": 52}, \"because_of\": \"minsk/letter\"}   (chancery schema tells the rest)\n"
    "\n"
    "The same file again adds nothing. A file with a bad line is refused whole, and the files after it are not tried; what was committed\n"
    "before stands. With --skip-invalid bad lines go, as they were, to FILE.rejected (of a pipe or stdin: in the current folder), and the\n"
    "exit code is 0. A pipe is read to its end before anything is recorded. With --preserve-recorded-at, who recorded an event is what\n"
    "the file says, not --as.";

}  // namespace

void add_record(CLI::App& app, Context& context) {
  auto request = std::make_shared<RecordRequest>();
  CLI::App* command = add_command(app, context, "record", "Appends events from files of JSON lines, each checked whole before", examples,
                                  [&context, request] { return run_command(context, [&] { return run_record(context, *request); }); });
  command->parse_complete_callback([&context, request] {
    context.reads = request->files;
    context.keeps_rejected = request->options.skip_invalid && !request->dry_run;
  });
  command->add_option("FILE", request->files, "Files of events, one a line; - is stdin")->required();
  command->add_option("--batch", request->options.batch, "Events a commit (default: 1000; a smaller file is one commit)")
      ->check(whole_number(1, commit_events_max))
      ->type_name("N");
  add_list(command, "--expect", request->expect,
           "STREAM=REV, none, exists or any: refused if the stream stands otherwise; may be repeated", "STREAM=REV");
  command->add_flag("--preserve-recorded-at", request->options.preserve_recorded,
                    "Takes recorded_at and recorded_by from the file; equal neighbours are one commit");
  command->add_flag("--dry-run", request->dry_run, "Checks and says what would be done, records nothing");
  command->add_flag("--skip-invalid", request->options.skip_invalid, "Records the rest and keeps the bad lines in FILE.rejected");
  add_zone(command, context);
  add_as(command, context);
}

}  // namespace chancery::cli
