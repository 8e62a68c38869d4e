#include <fmt/format.h>

#include "tools/chancery/one_event.hpp"

/// add: one event from the command line.
namespace chancery::cli {
namespace {

struct AddRequest {
  std::string type;
  std::vector<std::string> words;
  bool dry_run = false;
};

Result<int> run_add(Context& context, const AddRequest& request) {
  Result<EventDraft> draft = EventDraft::of_type(request.type);
  if (!draft) return Failure(draft.error());
  if (auto set = draft->set(request.words, EventDraft::Empty::refused); !set) return Failure(set.error());
  OneEvent one{std::move(*draft), false, request.dry_run};
  const Result<bool> agreed = set_options(context, one, {});
  if (!agreed) return Failure(agreed.error());
  if (!*agreed) return usage;
  Result<Given> given = finish_draft(context, one);
  if (!given) return Failure(given.error());
  if (given->event.type() != request.type) {
    return wrong_usage(context, {ErrorKind::refused, "type", fmt::format("{} beside TYPE {}", chancery::quoted(given->event.type()), chancery::quoted(request.type)), "the type once, as the first word"});
  }
  return record_first(context, one, std::move(*given));
}

constexpr const char* examples =
    "  chancery add letter.sent id=minsk/letter occurred=2025-08 from=person:donald-trump to=person:alexander-lukashenko \\\n"
    "      'asks.what=release of the prisoners' asks.about=state:BLR\n"
    "  chancery add prisoners.released id=minsk/release holder=state:BLR count=52 foreign=14 occurred=2025-09-11 zone=Europe/Minsk \\\n"
    "      because_of=minsk/letter sources=https://example.org/minsk\n"
    "  chancery add prisoners.estimated holder=state:BLR 'count=[1300,1400]' occurred=2025-09-10 sources.url=https://example.org sources.grade=C3\n"
    "  chancery add meeting.held occurred=2025-09-11 participants=person:john-coale participants=person:alexander-lukashenko \\\n"
    "      actor='{\"party\": \"person:john-coale\", \"on_behalf_of\": \"state:USA\"}' place.name=Minsk place.country=BLR\n"
    "  chancery add --dry-run sanction.eased measure=usa/belavia lifts=aircraft-parts occurred=2025-09-11\n"
    "\n"
    "Names are those of the envelope, else of the type's payload (chancery schema TYPE). A value is text where the field takes text, else\n"
    "JSON; a JSON list or object is JSON everywhere. A field given twice is a list; NAME.PART is a part of an object. The same event again\n"
    "adds nothing.";

}  // namespace

void add_add(CLI::App& app, Context& context) {
  auto request = std::make_shared<AddRequest>();
  CLI::App* command = add_command(app, context, "add", "Records one event", examples,
                                  [&context, request] { return run_command(context, [&] { return run_add(context, *request); }); });
  command->add_option("TYPE", request->type, "The type of the event, such as prisoners.released")->required()->type_name("");
  add_fields(command, request->words, "Its fields")->required();
  add_making(command, context, request->dry_run);
  add_zone(command, context);
}

}  // namespace chancery::cli
