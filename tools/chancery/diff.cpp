#include <fmt/format.h>

#include <iostream>
#include <limits>

#include "core/json/write_fields.hpp"
#include "tools/chancery/ask.hpp"
#include "tools/chancery/reading.hpp"

/// What changed between two points of the two times, told apart: what we learned, and what happened.
namespace chancery::cli {
namespace {

struct DiffOptions {
  std::string view, at, known, prefix, after;
  std::vector<std::string> where;
  std::uint64_t limit = 0;  ///< 0: none
};

Result<Points> sides_of(const DiffOptions& options, std::string_view zone, const Log& log) {
  const auto at = parse_sides("--at", options.at);
  if (!at) return tl::unexpected(at.error());
  const auto known = parse_sides("--known", options.known);
  if (!known) return tl::unexpected(known.error());
  const Instant moment = now();
  const Result<Instant> a = parse_at(at->first, zone, moment), b = parse_at(at->second, zone, moment);
  const Result<Position> known_a = parse_known(known->first, zone, moment, log);
  const Result<Position> known_b = parse_known(known->second, zone, moment, log);
  for (const Result<Instant>* side : {&a, &b}) {
    if (!*side) return tl::unexpected(side->error());
  }
  for (const Result<Position>* side : {&known_a, &known_b}) {
    if (!*side) return tl::unexpected(side->error());
  }
  return Points{*a, *b, *known_a, *known_b};
}

std::string entry(const View& view, const Difference& difference, std::string_view kind) {
  std::string out = "{";
  if (!kind.empty()) out += fmt::format("\"what\":\"{}\",", kind);
  out += "\"key\":";
  write_json(out, difference.key);
  for (const auto& [name, state] : {std::pair("before", &difference.before), std::pair("after", &difference.after)}) {
    out += fmt::format(",\"{}\":", name);
    if (*state) {
      view.write_state(out, **state);
    } else {
      out += "null";
    }
  }
  out += ",\"because\":";
  write_json(out, difference.because);
  return out + "}";
}

std::string list_of(const View& view, const std::vector<Difference>& differences) {
  std::string out = "[";
  for (const Difference& difference : differences) {
    if (out.size() > 1) out += ',';
    out += entry(view, difference, "");
  }
  return out + "]";
}

std::string side(Instant at, Position position) {
  return fmt::format("{{\"at\":\"{}\",\"position\":{}}}", format_instant(at), position);
}

void print(Context& context, const View& view, const Points& sides, const Differences& differences, const std::string& zone) {
  const std::string envelope = fmt::format("\"view\":\"{}\",\"from\":{},\"to\":{}", view.name(), side(sides.a, sides.known_a),
                                           side(sides.b, sides.known_b));
  if (context.format() == Format::json) {
    context.out() << '{' << envelope << ",\"knowledge\":" << list_of(view, differences.knowledge)
              << ",\"world\":" << list_of(view, differences.world) << "}\n";
    return;
  }
  PrinterOptions options;
  options.screen = context.screen();
  options.format = context.format();
  options.envelope = envelope;
  options.position = fmt::format("{}..{}", sides.known_a, sides.known_b);
  options.zone = zone;
  options.columns_of_none = {"what", "key", "because"};
  const auto printer = make_row_printer(options, context.out(), context.err());
  for (const Difference& difference : differences.knowledge) printer->row(entry(view, difference, "knowledge"));
  for (const Difference& difference : differences.world) printer->row(entry(view, difference, "world"));
  printer->finish();
}

Result<int> run_diff(Context& context, const DiffOptions& options) {
  const Result<std::string> zone = context.zone();
  if (!zone) return tl::unexpected(zone.error());
  const Result<Visibility> level = context.level();
  if (!level) return tl::unexpected(level.error());
  const auto view = find_view(options.view);
  if (!view) return tl::unexpected(view.error());
  auto where = parse_where(options.where, **view);
  if (!where) return tl::unexpected(where.error());
  const RowFilter filter{options.prefix, std::move(*where), options.after, still_wanted(context)};
  auto ledger = context.open(Access::read);
  if (!ledger) return tl::unexpected(ledger.error());
  const Result<Points> sides = sides_of(options, *zone, **ledger);
  if (!sides) return tl::unexpected(sides.error());
  context.answered.position = sides->known_b;
  const auto reader = ViewReader::open(**ledger, options.view, std::max(sides->known_a, sides->known_b));
  if (!reader) return tl::unexpected(reader.error());
  auto differences = reader->diff(*sides, *level, filter, options.limit);
  if (!differences) return tl::unexpected(differences.error());
  context.answered.next = differences->next;
  print(context, reader->view(), *sides, *differences, *zone);
  return done;
}

}  // namespace

void add_diff(CLI::App& app, Context& context) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = add_command(app, context, "diff", "What changed between two points of the two times: what we learned, what happened",
                                  "  chancery diff sanctions --at 2025-09-10..2025-09-12\n"
                                  "  chancery diff prisoners --at 2025-06 --known 2025-12-14T09:00Z..now",
                                  [&context, options] { return run_command(context, [&] { return run_diff(context, *options); }); });
  command->add_option("VIEW", options->view, "The view's name")->required();
  command->add_option("--at", options->at, "A..B, or one for both; EDTF dates or times, or now")->type_name("A..B");
  command->add_option("--known", options->known, "K..L, or one for both; EDTF dates or times, pos:N or now")->type_name("K..L");
  command->add_option("--prefix", options->prefix, "Only keys that begin so")->type_name("KEY");
  command->add_option("--after", options->after, "Only keys that come after this one, for the next page")->type_name("KEY");
  command->add_option("--limit", options->limit, "Only what differs of so many keys at most")
      ->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  add_list(command, "--where", options->where, "An entry is listed if its before or after matches; may be repeated", "CONDITION");
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
