#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/reading.hpp"

/// view, timeline, history: one answer at a point of the two times.
namespace chancery::cli {
namespace {

struct ViewOptions {
  Question question;
  std::vector<std::string> where;
  std::string prefix, after;
  std::uint64_t limit = 0;  ///< 0: none
  bool count = false, explain = false;
};

Result<RowFilter> filter_of(const Context& context, const ViewOptions& options) {
  const auto view = find_view(options.question.view);
  if (!view) return tl::unexpected(view.error());
  auto where = parse_where(options.where, **view);
  if (!where) return tl::unexpected(where.error());
  return RowFilter{options.prefix, std::move(*where), options.after, still_wanted(context)};
}

Result<int> run_view(Context& context, const ViewOptions& options) {
  const Result<RowFilter> filter = filter_of(context, options);
  if (!filter) return tl::unexpected(filter.error());
  const Result<Asked> asked = ask(context, options.question);
  if (!asked) return tl::unexpected(asked.error());
  if (options.count) {
    std::uint64_t count = 0;
    const auto counted = asked->reader.at(asked->at, asked->from, *filter, [&](AnswerRow&&) { return ++count > 0; });
    if (!counted) return tl::unexpected(counted.error());
    print_object(context, fmt::format("{}, \"count\": {}", envelope_with_at(*asked), count));
    return done;
  }
  const auto each = [&](const TakeRow& take) {
    std::uint64_t rows = 0;
    std::string last;
    return asked->reader.at(asked->at, asked->from, *filter, [&](AnswerRow&& row) {
      if (options.limit > 0 && rows == options.limit) {
        context.answered.next = last;
        return false;
      }
      ++rows;
      take(view_row(*asked, row, options.explain));
      last = std::move(row.key);
      return true;
    });
  };
  PrinterOptions printing = printer_options(context, *asked, envelope_with_at(*asked), {"key", "valid_from", "valid_to", "certain", "because", "disputed"});
  printing.again = [&](const TakeRow& take) { value_or_throw(each(take)); };
  const auto printer = make_row_printer(printing, context.out(), context.err());
  const auto answered = each([&](std::string_view row) { printer->row(row); });
  if (!answered) return tl::unexpected(answered.error());
  printer->finish();
  return done;
}

struct KeyOptions {
  Question question;
  std::string key;
  std::uint64_t after = 0;
  std::uint64_t limit = 0;  ///< 0: none

  /// What is asked for, and one row more, which tells whether more follow.
  RowsPart part(const Context& context) const {
    RowsPart part{after, std::numeric_limits<std::uint64_t>::max(), still_wanted(context, folds_between_asks)};
    if (limit > 0 && limit < part.limit) part.limit = limit + 1;
    return part;
  }
  /// Leaves out the row that is more.
  template <class Row>
  void end_page(Context& context, std::vector<Row>& rows) const {
    if (limit == 0 || rows.size() <= limit) return;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
    context.answered.next = std::to_string(after + limit);
  }

  static constexpr std::uint64_t folds_between_asks = 8;
};

Result<int> run_timeline(Context& context, const KeyOptions& options) {
  const std::string& key = options.key;
  const Result<Asked> asked = ask(context, options.question);
  if (!asked) return tl::unexpected(asked.error());
  auto rows = asked->reader.timeline(key, asked->from, options.part(context));
  if (!rows) return tl::unexpected(rows.error());
  options.end_page(context, *rows);
  const auto printer = make_row_printer(
      printer_options(context, *asked, envelope_with_key(*asked, key), {"valid_from", "valid_to", "certain_from", "because", "disputed"}),
      context.out(), context.err());
  for (const AnswerRow& row : *rows) printer->row(timeline_row(*asked, row));
  printer->finish();
  return done;
}

Result<int> run_history(Context& context, const KeyOptions& options) {
  const std::string& key = options.key;
  const Result<Asked> asked = ask(context, options.question);
  if (!asked) return tl::unexpected(asked.error());
  auto rows = asked->reader.history(key, asked->from, options.part(context));
  if (!rows) return tl::unexpected(rows.error());
  options.end_page(context, *rows);
  const auto printer =
      make_row_printer(printer_options(context, *asked, envelope_with_key(*asked, key),
                                       {"valid_from", "valid_to", "known_from", "known_to", "certain_from", "because"}),
                       context.out(), context.err());
  for (const Row& row : *rows) printer->row(history_row(*asked, row));
  printer->finish();
  return done;
}

void add_question(CLI::App* command, Context& context, Question& question) {
  command->add_option("VIEW", question.view, "The view's name, such as prisoners or sanctions")->required();
  add_known(command, question.known);
  add_visibility(command, context);
  add_zone(command, context);
}

void add_limit(CLI::App* command, std::uint64_t& limit) {
  command->add_option("--limit", limit, "At most so many rows")
      ->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
}

void add_key(CLI::App* command, Context& context, KeyOptions& options, const std::string& description) {
  add_question(command, context, options.question);
  command->add_option("KEY", options.key, description)->required();
  command->add_option("--after", options.after, "Leave out so many rows, for the next page")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  add_limit(command, options.limit);
}

}  // namespace

void add_view(CLI::App& app, Context& context) {
  auto options = std::make_shared<ViewOptions>();
  CLI::App* command = add_command(app, context, "view", "What is, or was, so: one row for each key of a view",
                                  "  chancery view prisoners\n"
                                  "  chancery view sanctions --at 2025-09-11 --known 2025-09-11 --zone Europe/Minsk\n"
                                  "  chancery view sanctions --where status=eased --where restrictions~asset-freeze\n"
                                  "  chancery view prisoners --prefix state:BLR --count",
                                  [&context, options] { return run_command(context, [&] { return run_view(context, *options); }); });
  add_question(command, context, options->question);
  command->add_option("--at", options->question.at, "What was so then: an EDTF date or time, or now")->type_name("T");
  command->add_option("--prefix", options->prefix, "Only keys that begin so")->type_name("KEY");
  command->add_option("--after", options->after, "Only keys that come after this one, for the next page")->type_name("KEY");
  add_limit(command, options->limit);
  add_list(command, "--where", options->where, "FIELD=VALUE, LIST~VALUE (has it), TEXT~VALUE (contains it); may be repeated",
           "CONDITION");
  command->add_flag("--count", options->count, "Only how many rows");
  command->add_flag("--explain", options->explain, "With each row the events it rests on and their sources");
}

void add_timeline(CLI::App& app, Context& context) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = add_command(app, context, "timeline", "What was so over time, for one key, as known at one moment",
                                  "  chancery timeline sanctions usa/belavia\n"
                                  "  chancery timeline prisoners state:BLR --known 2025-12-14T09:00Z",
                                  [&context, options] { return run_command(context, [&] { return run_timeline(context, *options); }); });
  add_key(command, context, *options, "The key, such as usa/belavia or state:BLR");
}

void add_history(CLI::App& app, Context& context) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command = add_command(app, context, "history", "What is and was believed about one key: every rectangle over both times",
                                  "  chancery history sanctions usa/belavia\n"
                                  "  chancery history prisoners state:BLR --format csv",
                                  [&context, options] { return run_command(context, [&] { return run_history(context, *options); }); });
  add_key(command, context, *options, "The key, such as usa/belavia or state:BLR");
}

}  // namespace chancery::cli
