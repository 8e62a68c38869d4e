#include <fmt/format.h>

#include <iostream>

#include "core/json/raw.hpp"
#include "core/json/write_fields.hpp"
#include "tools/chancery/ask.hpp"
#include "tools/chancery/chronology.hpp"
#include "tools/chancery/standing.hpp"
#include "tools/format/cells.hpp"
#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"

/// show: one event, what became of it, and its links both ways.
namespace chancery::cli {
namespace {

/// All that there is to say of an event. Positions, of what stands.
struct Shown {
  Recorded event;
  bool live = false;
  std::optional<Position> live_event, withdrawn_by;
  std::vector<Position> chain, because_of, answered_by, disputed_by, supported_by;
};

/// The live events of chains; those of which all is withdrawn are left out.
std::vector<Position> live_of(const Standing& standing, const std::vector<Position>& chains) {
  std::vector<Position> live;
  for (const Position chain : chains) {
    const Position teller = standing.teller(chain);
    if (standing.live(teller) == teller) live.push_back(teller);
  }
  return live;
}

Shown shown_of(const Reading& reading, Position position) {
  const Standing standing(reading);
  Shown shown;
  shown.event = event_at(reading, position);
  const std::optional<Position> live = standing.live(position);
  shown.live = live == position;
  if (!shown.event.event.about_record()) {
    shown.live_event = live;
    shown.chain = standing.members(shown.event.chain);
  }
  shown.withdrawn_by = standing.withdrawn_by(position);
  shown.because_of = live_of(standing, standing.causes(shown.event));
  shown.answered_by = live_of(standing, standing.answers(shown.event.chain));
  shown.disputed_by = standing.naming(Relation::disputes, position);
  shown.supported_by = standing.naming(Relation::supports, position);
  return shown;
}

std::string members_of(const Reading& reading, const Shown& shown) {
  const std::string object = json_object({{"event", event_json(shown.event)},
                                          {"live", shown.live ? "true" : "false"},
                                          {"live_event", id_json(reading, shown.live_event)},
                                          {"chain", ids_json(reading, shown.chain)},
                                          {"withdrawn_by", id_json(reading, shown.withdrawn_by)},
                                          {"because_of", ids_json(reading, shown.because_of)},
                                          {"answered_by", ids_json(reading, shown.answered_by)},
                                          {"disputed_by", ids_json(reading, shown.disputed_by)},
                                          {"supported_by", ids_json(reading, shown.supported_by)}});
  return object.substr(1, object.size() - 2);
}

/// A page about one event, for people: names to the left, words to the right.
class Page {
 public:
  Page(const Reading& reading, const Screen& screen, std::ostream& out) : reading_(reading), screen_(screen), out_(out) {}

  void print(const Shown& shown) {
    const Recorded& seen = shown.event;
    const Event& event = seen.event;
    out_ << strong(harmless(std::string(event.type()) + "  " + event.id.text)) << '\n';
    if (!event.occurred.empty()) {
      const std::string zone = event.zone_name() == "UTC" ? "" : " in " + std::string(event.zone_name());
      out_ << harmless(date_in_words(event.occurred)) << harmless(zone) << '\n';
    }
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
    value("actor", event.actor);
    value("recipient", event.recipient);
    value("place", event.place);
    std::string data;
    write_json(data, event.payload);
    for (RawItems items(data); items.next();) {
      const std::string name = unescaped(items.key());
      const bool range = items.value().starts_with('[') && (name == "count" || name == "foreign" || name == "passengers");
      line(harmless(name), range ? range_of(items.value()) : readable(items.value(), reading_.zone));
    }
    value("coding", event.coding);
    value("tags", event.tags);
    if (!event.ext.empty()) line("ext", readable(event.ext.text, reading_.zone));
    if (event.level() != Visibility::public_) line("visibility", std::string(word(event.level())));
  }

  template <class T>
  void value(std::string_view name, const T& value) {
    std::string json;
    write_json(json, value);
    if (json != "null") line(name, readable(json, reading_.zone));
  }

  /// A count that is given as [low, high].
  static std::string range_of(std::string_view list) { return range_in_words(raw_child(list, 0), raw_child(list, 1)); }

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
    if (shown.live) {
      line("live", shown.event.event.about_record() ? "yes, it stands" : "yes");
    } else if (shown.withdrawn_by) {
      const Recorded by = event_at(reading_, *shown.withdrawn_by);
      const auto* retraction = by.event.as<RecordRetracted>();
      line("live", "no: withdrawn by " + by.event.id.text + (retraction ? ": " + harmless(retraction->reason) : std::string()));
      if (shown.live_event) line("", "now said by " + id_of(reading_, *shown.live_event));
    } else if (shown.live_event) {
      line("live", "no: replaced by " + id_of(reading_, *shown.live_event));
    } else {
      line("live", "no");
    }
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

Result<int> run_show(Context& context, const std::string& name) {
  const Result<Reading> reading = open_to_read(context);
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
  auto name = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "show", "One event with its links both ways, whether it is live, and if not, why",
                                  "  chancery show minsk/release\n"
                                  "  chancery show pos:12 --zone Europe/Minsk\n"
                                  "  chancery show minsk/flight --format json",
                                  [&context, name] { return run_command(context, [&] { return run_show(context, *name); }); });
  command->add_option("ID", *name, "The event's id, or pos:N")->required();
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
