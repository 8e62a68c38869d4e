#include "tools/chancery/ask.hpp"

#include <fmt/format.h>

#include <iostream>

#include "core/json/write_fields.hpp"
#include "projections/seen.hpp"

namespace chancery::cli {
namespace {

template <class T>
void member(std::string& out, std::string_view name, const T& value) {
  if (out.back() != '{') out += ',';
  write_json(out, std::string(name));
  out += ':';
  write_json(out, value);
}

/// A member whose value is JSON already.
void raw_member(std::string& out, std::string_view name, std::string_view json) {
  if (out.back() != '{') out += ',';
  out += fmt::format("\"{}\":{}", name, json);
}

std::string state_json(const Asked& asked, const Row& row) {
  std::string json;
  asked.reader.view().write_state(json, row.state);
  return json;
}

/// The events a row rests on, as the reader sees them: enough to judge it without another question.
std::string explanation(const Asked& asked, const Row& row) {
  std::string out = "[";
  for (const Position position : row.because) {
    const Recorded recorded = as_seen(value_or_throw(asked.ledger->at(position)), *asked.ledger, asked.from.level);
    if (out.size() > 1) out += ',';
    write_recorded(out, recorded);
  }
  return out + "]";
}

}  // namespace

Result<Asked> ask(Context& context, const Question& question) {
  const Result<std::string> zone = context.zone();
  if (!zone) return tl::unexpected(zone.error());
  const Result<Visibility> level = context.level();
  if (!level) return tl::unexpected(level.error());
  if (const auto view = find_view(question.view); !view) return tl::unexpected(view.error());
  const Instant moment = now();
  const Result<Instant> at = parse_at(question.at, *zone, moment);
  if (!at) return tl::unexpected(at.error());
  auto ledger = context.open(Access::read);
  if (!ledger) return tl::unexpected(ledger.error());
  const Result<Position> known = parse_known(question.known, *zone, moment, **ledger);
  if (!known) return tl::unexpected(known.error());
  auto reader = ViewReader::open(**ledger, question.view, *known);
  if (!reader) return tl::unexpected(reader.error());
  context.answered.position = *known;
  context.answered.at = *at;
  return Asked{std::move(*ledger), std::move(*reader), *at, {*known, *level}, *zone};
}

std::string envelope_with_at(const Asked& asked) {
  return fmt::format("\"view\":\"{}\",\"at\":\"{}\",\"position\":{}", asked.reader.view().name(), format_instant(asked.at),
                     asked.from.position);
}

std::string envelope_with_key(const Asked& asked, std::string_view key) {
  std::string quoted_key;
  write_json(quoted_key, std::string(key));
  return fmt::format("\"view\":\"{}\",\"key\":{},\"position\":{}", asked.reader.view().name(), quoted_key, asked.from.position);
}

PrinterOptions printer_options(Context& context, const Asked& asked, std::string envelope, std::vector<std::string> columns) {
  PrinterOptions options;
  options.format = context.format();
  options.envelope = std::move(envelope);
  options.position = std::to_string(asked.from.position);
  options.zone = asked.zone;
  options.screen = context.screen();
  options.columns_of_none = std::move(columns);
  return options;
}

std::string view_row(const Asked& asked, const AnswerRow& answer, bool explain) {
  const Row& row = answer.row;
  std::string out = "{";
  member(out, "key", answer.key);
  member(out, "valid_from", row.valid_from);
  member(out, "valid_to", row.valid_to);
  member(out, "certain", row.certain_from.has_value() && asked.at >= *row.certain_from);
  member(out, "because", row.because);
  member(out, "disputed", answer.disputed);
  raw_member(out, "state", state_json(asked, row));
  if (explain) raw_member(out, "events", explanation(asked, row));
  return out + "}";
}

std::string timeline_row(const Asked& asked, const AnswerRow& answer) {
  const Row& row = answer.row;
  std::string out = "{";
  member(out, "valid_from", row.valid_from);
  member(out, "valid_to", row.valid_to);
  member(out, "certain_from", row.certain_from);
  member(out, "because", row.because);
  member(out, "disputed", answer.disputed);
  raw_member(out, "state", state_json(asked, row));
  return out + "}";
}

std::string history_row(const Asked& asked, const Row& row) {
  std::string out = "{";
  member(out, "valid_from", row.valid_from);
  member(out, "valid_to", row.valid_to);
  member(out, "known_from", row.known_from);
  member(out, "known_to", row.known_to == still ? std::nullopt : std::optional(row.known_to));
  member(out, "certain_from", row.certain_from);
  member(out, "because", row.because);
  raw_member(out, "state", state_json(asked, row));
  return out + "}";
}

void print_object(Context& context, const std::string& members) {
  if (context.format() == Format::json) {
    context.out() << '{' << members << "}\n";
    return;
  }
  PrinterOptions options;
  options.format = context.format();
  options.screen = context.screen();
  if (const Result<std::string> zone = context.zone()) options.zone = *zone;
  const auto printer = make_row_printer(options, context.out(), context.err());
  printer->row("{" + members + "}");
  printer->finish();
}

}  // namespace chancery::cli
