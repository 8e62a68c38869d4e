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

Result<int> run_timeline(Context& context, const Question& question, const std::string& key) {
  const Result<Asked> asked = ask(context, question);
  if (!asked) return tl::unexpected(asked.error());
  const auto rows = asked->reader.timeline(key, asked->from);
  if (!rows) return tl::unexpected(rows.error());
  const auto printer = make_row_printer(
      printer_options(context, *asked, envelope_with_key(*asked, key), {"valid_from", "valid_to", "certain_from", "because", "disputed"}),
      context.out(), context.err());
  for (const AnswerRow& row : *rows) printer->row(timeline_row(*asked, row));
  printer->finish();
  return done;
}

Result<int> run_history(Context& context, const Question& question, const std::string& key) {
  const Result<Asked> asked = ask(context, question);
  if (!asked) return tl::unexpected(asked.error());
  const auto rows = asked->reader.history(key, asked->from);
  if (!rows) return tl::unexpected(rows.error());
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
  command->add_option("--limit", options->limit, "At most so many rows")
      ->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N");
  add_list(command, "--where", options->where, "FIELD=VALUE, LIST~VALUE (has it), TEXT~VALUE (contains it); may be repeated",
           "CONDITION");
  command->add_flag("--count", options->count, "Only how many rows");
  command->add_flag("--explain", options->explain, "With each row the events it rests on and their sources");
}

void add_timeline(CLI::App& app, Context& context) {
  auto question = std::make_shared<Question>();
  auto key = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "timeline", "What was so over time, for one key, as known at one moment",
                                  "  chancery timeline sanctions usa/belavia\n"
                                  "  chancery timeline prisoners state:BLR --known 2025-12-14T09:00Z",
                                  [&context, question, key] { return run_command(context, [&] { return run_timeline(context, *question, *key); }); });
  add_question(command, context, *question);
  command->add_option("KEY", *key, "The key, such as usa/belavia or state:BLR")->required();
}

void add_history(CLI::App& app, Context& context) {
  auto question = std::make_shared<Question>();
  auto key = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "history", "What is and was believed about one key: every rectangle over both times",
                                  "  chancery history sanctions usa/belavia\n"
                                  "  chancery history prisoners state:BLR --format csv",
                                  [&context, question, key] { return run_command(context, [&] { return run_history(context, *question, *key); }); });
  add_question(command, context, *question);
  command->add_option("KEY", *key, "The key, such as usa/belavia or state:BLR")->required();
}

}  // namespace chancery::cli
