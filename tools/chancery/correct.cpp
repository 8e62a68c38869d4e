#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "core/validate.hpp"
#include "tools/chancery/one_event.hpp"

/// correct: the live event of a chain again, with some fields changed.
namespace chancery::cli {
namespace {

struct CorrectRequest {
  std::string id;
  std::vector<std::string> words;
  bool dry_run = false;
};

/// The live event of the chain of the event that is named.
Result<Recorded> live_event(const Context& context, const Ledger& ledger, const std::string& text) {
  Result<Recorded> named = event_named(ledger, text);
  if (!named) return named;
  const std::string id = chancery::quoted(named->event.id.text);
  if (named->event.about_record()) {
    return refused("ID", fmt::format("{}, a {}", id, named->event.type()), "an action; a retraction cannot be corrected, only retracted");
  }
  const Sight sight{ledger.last()};
  const auto live = live_of_chain(ledger, named->chain, sight);
  if (live == named->position) return named;
  if (live) {
    Result<Recorded> event = ledger.at(*live);
    if (event) context.err() << fmt::format("corrects {}, the live event of the chain of {}\n", event->event.id.text, named->event.id.text);
    return event;
  }
  std::string by;
  if (const auto withdrawal = withdrawn_by(ledger, named->position, sight)) {
    const Result<Recorded> retraction = ledger.at(*withdrawal);
    if (!retraction) return retraction;
    by = chancery::quoted(retraction->event.id.text);
  }
  return failure(ErrorKind::conflict, "ID", fmt::format("{}, of whose chain nothing is live", id),
                 fmt::format("an event that stands; this one was withdrawn by {}, which can be retracted", by));
}

/// Whether a correction says what the event it corrects says already.
bool same_but_for_links(Event correction, const Event& corrected) {
  correction.id = corrected.id;
  correction.corrects = corrected.corrects;
  return content_digest(correction) == content_digest(corrected);
}

/// The event as a draft of its correction. A stream that only follows from what it says is left to follow from what the correction says:
/// who may see the correction, and not what gave the stream its name, must not learn that. The stream of a letter is its id, which the
/// correction does not have: it is kept.
EventDraft draft_of(const Event& event) {
  EventDraft draft = EventDraft::of(event);
  draft.remove("id");
  if (event.stream == default_stream(event) && !event.as<LetterSent>()) draft.remove("stream");
  return draft;
}

/// Makes the correction. One that more may see than the letter does not bring that letter's id to them.
Result<Given> finish(const Context& context, OneEvent& one, const CorrectRequest& request, const Event& corrected) {
  Result<Given> given = finish_draft(context, one);
  const bool stream_given = std::any_of(request.words.begin(), request.words.end(), [](const std::string& word) { return word.starts_with("stream="); });
  if (!given || stream_given || given->event.level() >= corrected.level() || given->event.stream != corrected.id.text) return given;
  one.draft.remove("stream");
  return finish_draft(context, one);
}

Result<int> run_correct(Context& context, const CorrectRequest& request) {
  const Result<std::shared_ptr<Ledger>> ledger = context.open(request.dry_run ? Access::read : Access::write);
  if (!ledger) return Failure(ledger.error());
  const Result<Recorded> live = live_event(context, **ledger, request.id);
  if (!live) return Failure(live.error());
  OneEvent one{draft_of(live->event), true, request.dry_run};
  if (auto set = one.draft.set(request.words, EventDraft::Empty::removes); !set) return Failure(set.error());
  const Result<bool> agreed = set_options(context, one, {{"ID", {"corrects"}, json_text(live->event.id.text)}});
  if (!agreed) return Failure(agreed.error());
  if (!*agreed) return usage;
  Result<Given> given = finish(context, one, request, live->event);
  if (!given) return Failure(given.error());
  if (same_but_for_links(given->event, live->event)) {
    return refused("FIELD=VALUE", "nothing that changes " + live->event.id.text, "fields that differ from what chancery show prints");
  }
  return record_one(context, **ledger, one, std::move(*given));
}

constexpr const char* examples =
    "  chancery correct minsk/flight passengers=51                         # one of the 52 never crossed\n"
    "  chancery correct minsk/dec-wrong occurred=2025-12-13 mode=pardon    # the page had the wrong year\n"
    "  chancery correct minsk/eased id=minsk/gl11 lifts= permits=operations 'instrument=Belarus General License 11'\n"
    "  chancery correct pos:12 --visibility partner --dry-run\n"
    "\n"
    "The live event of ID's chain is recorded again, whole, with these fields changed (FIELD= removes one), as a correction of it: its\n"
    "sources and visibility are carried over, a stream that was given too, and what was believed before can still be asked for. Values as in chancery add.";

}  // namespace

void add_correct(CLI::App& app, Context& context) {
  auto request = std::make_shared<CorrectRequest>();
  CLI::App* command = add_command(app, context, "correct", "Records an event again with some fields changed, as its correction", examples,
                                  [&context, request] { return run_command(context, [&] { return run_correct(context, *request); }); });
  command->add_option("ID", request->id, "An event of the chain: its id, or pos:N")->required()->type_name("");
  add_fields(command, request->words, "What is different; FIELD= removes one");
  add_making(command, context, request->dry_run);
  add_zone(command, context);
}

}  // namespace chancery::cli
