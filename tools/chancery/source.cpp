#include "tools/chancery/one_event.hpp"

/// source: a record.sourced.
namespace chancery::cli {
namespace {

/// An option for each field of a source that is text.
struct TextOption {
  std::string_view option;
  const char* type_name;
  std::optional<std::string> value;
  std::string_view name() const { return option.substr(2); }
};

struct SourceRequest {
  std::string id, note;
  std::vector<TextOption> texts{{"--url", "URL", {}},        {"--title", "TEXT", {}},   {"--publisher", "NAME", {}}, {"--published", "DATE", {}},
                                {"--retrieved", "DATE", {}}, {"--sha256", "HEX", {}}, {"--quote", "TEXT", {}},     {"--grade", "A1..F6", {}}};
  bool official = false, dry_run = false;
  std::vector<std::string> words;
};

std::string description_of(std::string_view name) {
  std::string found;
  for_each_field<Source>([&](const auto& field) {
    if (field.name == name) found = field.description;
  });
  if (!found.empty()) found[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(found[0])));
  return found;
}

Result<int> run_source(Context& context, const SourceRequest& request) {
  const Result<std::shared_ptr<Ledger>> ledger = context.open(request.dry_run ? Access::read : Access::write);
  if (!ledger) return Failure(ledger.error());
  const Result<Recorded> named = event_named(**ledger, request.id);
  if (!named) return Failure(named.error());
  OneEvent one = about(named->event, RecordSourced::type, request.dry_run);
  if (auto set = one.draft.set(request.words, EventDraft::Empty::refused); !set) return Failure(set.error());
  std::vector<Said> options{{"ID", {"supports"}, json_text(named->event.id.text)}};
  for (const TextOption& text : request.texts) {
    if (!text.value) continue;
    if (text.value->empty()) return refused(std::string(text.option), "nothing", std::string(text.type_name) + ", or no such option");
    options.push_back({text.option, {"sources", text.name()}, json_text(*text.value)});
  }
  if (request.official) options.push_back({"--official", {"sources", "official"}, "true"});
  if (!request.note.empty()) options.push_back({"--note", {"data", "note"}, json_text(request.note)});
  const Result<bool> agreed = set_options(context, one, options);
  if (!agreed) return Failure(agreed.error());
  if (!*agreed) return usage;
  Result<Given> given = finish_draft(context, one);
  if (!given) return Failure(given.error());
  return record_one(context, **ledger, one, std::move(*given));
}

constexpr const char* examples =
    "  chancery source minsk/gl11 --title 'Belarus General License 11' --publisher OFAC --published 2025-09-11 --grade A1 --official \\\n"
    "      --note 'The licence itself: property already blocked is not released.'\n"
    "  chancery source minsk/flight2 --url https://eutoday.net/tag/penal-colony/ --quote 'transported by bus' --grade C2\n"
    "  chancery source minsk/letter --title 'Cable 25 MINSK 114' --grade A2 --visibility restricted\n"
    "\n"
    "Nothing else of the event changes; a secret source keeps a visibility of its own. Several at once: 'sources=[{...}, {...}]'.";

}  // namespace

void add_source(CLI::App& app, Context& context) {
  auto request = std::make_shared<SourceRequest>();
  CLI::App* command = add_command(app, context, "source", "Adds evidence to an event", examples,
                                  [&context, request] { return run_command(context, [&] { return run_source(context, *request); }); });
  command->add_option("ID", request->id, "The event: its id, or pos:N")->required()->type_name("");
  for (TextOption& text : request->texts) {
    command->add_option(std::string(text.option), text.value, description_of(text.name()))->type_name(text.type_name);
  }
  command->add_flag("--official", request->official, description_of("official"));
  command->add_option("--note", request->note, "What it adds")->type_name("TEXT");
  add_fields(command, request->words, "More fields of the new event");
  add_making(command, context, request->dry_run);
}

}  // namespace chancery::cli
