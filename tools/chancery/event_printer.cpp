#include "tools/chancery/event_printer.hpp"

#include <fmt/format.h>

#include "tools/chancery/shown.hpp"

namespace chancery::cli {
namespace {

constexpr std::size_t wide_columns = 140;

bool is_narrow(const Screen& screen) { return screen.columns > 0 && screen.columns < wide_columns; }

}  // namespace

EventPrinter::EventPrinter(const Context& context, const Reading& reading, Format format, EachEvent again)
    : reading_(reading), standing_(reading), people_(format == Format::table), narrow_(is_narrow(context.screen())) {
  if (format == Format::md) {
    chronology_ = std::make_unique<Chronology>(reading, context.out());
    return;
  }
  PrinterOptions options;
  options.screen = context.screen();
  options.columns_of_none = {"id", "stream", "type", "occurred", "position", "recorded_at"};
  options.format = format;
  options.envelope = fmt::format("\"position\": {}", reading.sight.upto);
  options.rows_name = "events";
  options.position = std::to_string(reading.sight.upto);
  options.zone = reading.zone;
  options.again = [this, again = std::move(again)](const TakeRow& take) {
    again([&](const Recorded& seen) { take(line_of(seen)); });
  };
  rows_ = make_row_printer(options, context.out(), context.err());
}

/// What happened, and what became of it.
std::string EventPrinter::line_for_people(const Recorded& seen) const {
  const Event& event = seen.event;
  return json_object({{"position", std::to_string(seen.position)},
                      {"recorded_at", json_text(format_instant(seen.recorded_at))},
                      {"occurred", json_text(event.occurred)},
                      {"type", json_text(narrow_ ? std::string_view() : event.type())},
                      {"id", json_text(event.id.text)},
                      {"what", json_text(event_title(seen))},
                      {"note", json_text(note_in_words(standing_, reading_, seen.position, wording_for_terminals(reading_.zone)))}});
}

void EventPrinter::add(const Recorded& seen) {
  if (chronology_) return chronology_->add(seen);
  rows_->row(line_of(seen));
}

void EventPrinter::finish() {
  if (chronology_) return chronology_->finish();
  rows_->finish();
}

}  // namespace chancery::cli
