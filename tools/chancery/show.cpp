#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/chronology.hpp"
#include "tools/chancery/shown.hpp"
#include "tools/format/cells.hpp"
#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"

/// show: one event, what became of it, and its links both ways.
namespace chancery::cli {
namespace {

/// A page about one event, for people: names to the left, words to the right.
class Page {
 public:
  Page(const Reading& reading, const Screen& screen, std::ostream& out) : reading_(reading), screen_(screen), out_(out) {}

  void print(const Shown& shown) {
    const Recorded& seen = shown.event;
    const Event& event = seen.event;
    out_ << strong(harmless(std::string(event.type()) + "  " + event.id.text)) << '\n';
    if (!event.occurred.empty()) out_ << harmless(when_in_words(event)) << '\n';
    if (event.summary) paragraph(*event.summary);
    out_ << '\n';
    facts(event);
    sources(event.sources, {});
    for (const Position further : shown.supported_by) sources(event_at(reading_, further).event.sources, id_of(reading_, further));
    links("because of", shown.because_of);
    links("answered by", shown.answered_by);
    links("disputed by", shown.disputed_by);
    links_named(event);
    standing(shown);
    recorded(seen);
  }

 private:
  std::string strong(const std::string& text) const { return screen_.colour ? "\x1b[1m" + text + "\x1b[0m" : text; }

  void paragraph(const std::string& text) {
    out_ << '\n';
    for (const std::string& line : wrapped(harmless(text), screen_.columns)) out_ << line << '\n';
  }

  void line(std::string_view name, const std::string& words) {
    if (words.empty()) return;
    constexpr std::size_t names = 14;
    const std::size_t room = screen_.columns > 2 * names ? screen_.columns - names : 0;
    std::string left = padded(name, names - 1) + ' ';
    for (const std::string& text : wrapped(words, room)) {
      out_ << left << text << '\n';
      left.assign(names, ' ');
    }
  }

  void facts(const Event& event) {
    for (const Fact& fact : facts_of(event)) line(harmless(fact.name), readable(fact.json, fact.name, speech_for_terminals(reading_.zone)));
  }

  void sources(const std::vector<Source>& sources, const std::string& from) {
    for (const Source& source : sources) {
      std::string words = harmless(source_in_words(source));
      if (source.grade) words += " [" + harmless(*source.grade) + ']';
      if (source.official.value_or(false)) words += " (official)";
      if (!from.empty()) words += " (added by " + from + ')';
      line("source", words);
      if (source.quote) line("", "\"" + harmless(*source.quote) + '"');
      if (source.url) line("", harmless(*source.url));
    }
  }

  void links(std::string_view name, const std::vector<Position>& positions) {
    for (const Position position : positions) {
      line(name, id_of(reading_, position) + ": " + harmless(event_title(event_at(reading_, position))));
      name = "";
    }
  }

  void links_named(const Event& event) {
    for (const Id& id : event.disputes) line("disputes", id.text);
    if (event.corrects) line("corrects", event.corrects->text);
    if (event.retracts) line("withdraws", event.retracts->text);
    if (event.supports) line("supports", event.supports->text);
  }

  void standing(const Shown& shown) {
    std::string_view name = "live";
    for (const std::string& words : standing_in_words(reading_, shown, wording_for_terminals(reading_.zone))) line(std::exchange(name, ""), words);
    if (shown.chain.size() < 2) return;
    std::string ids;
    for (const Position position : shown.chain) ids += (ids.empty() ? "" : ", ") + id_of(reading_, position);
    line("chain", ids);
  }

  void recorded(const Recorded& seen) {
    const std::string at = local_time(format_instant(seen.recorded_at), reading_.zone).value_or("");
    line("recorded", fmt::format("{} ({}){}, position {}, {} {}", at, reading_.zone,
                                 seen.recorded_by ? " by " + harmless(*seen.recorded_by) : std::string(), seen.position,
                                 seen.revision == revision_not_seen ? std::string("stream") : fmt::format("revision {} of", seen.revision),
                                 harmless(seen.event.stream)));
  }

  const Reading& reading_;
  const Screen screen_;
  std::ostream& out_;
};

Result<int> run_show(Context& context, const std::string& name, const std::string& known) {
  const Result<Reading> reading = open_to_read(context, known);
  if (!reading) return Failure(reading.error());
  const Result<Position> position = find_event(*reading, name);
  if (!position) return Failure(position.error());
  const Shown shown = shown_of(*reading, *position);
  if (context.format() == Format::table) {
    Page(*reading, context.screen(), context.out()).print(shown);
  } else {
    print_object(context, members_of(*reading, shown));
  }
  return done;
}

}  // namespace

void add_show(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>(), known = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "show", "One event with its links both ways, whether it is live, and if not, why",
                                  "  chancery show minsk/release\n"
                                  "  chancery show pos:12 --zone Europe/Minsk\n"
                                  "  chancery show minsk/flight --format json",
                                  [&context, name, known] { return run_command(context, [&] { return run_show(context, *name, *known); }); });
  command->add_option("ID", *name, "The event's id, or pos:N")->required();
  add_known(command, *known);
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
