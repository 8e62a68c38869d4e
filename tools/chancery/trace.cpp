#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/trace_tree.hpp"
#include "tools/format/text.hpp"

/// trace: what led to an event, and what followed from it.
namespace chancery::cli {
namespace {

constexpr std::size_t any_depth = 1'000'000;

/// The members that every event of a trace has.
std::string node_members(const Reading& reading, const TraceTree::Node& node) {
  const Recorded seen = event_at(reading, node.teller);
  const Event& event = seen.event;
  const std::string object = json_object({{"id", json_text(event.id.text)},
                                          {"type", json_text(event.type())},
                                          {"occurred", event.occurred.empty() ? "null" : json_text(event.occurred)},
                                          {"summary", event.summary ? json_text(*event.summary) : "null"},
                                          {"live", node.live ? "true" : "false"}});
  return object.substr(1, object.size() - 2);
}

/// The children of a chain as a JSON list of objects, each with its own under the same name. No recursion: a tree may be deep.
std::string children_json(const Reading& reading, const TraceTree& tree, std::string_view name) {
  struct Open {
    Position chain;
    std::size_t next = 0;
  };
  std::string json = "[";
  std::vector<Open> open{{tree.root}};
  while (!open.empty()) {
    const TraceTree::Node& node = tree.nodes.at(open.back().chain);
    if (open.back().next == node.children.size()) {
      open.pop_back();
      json += open.empty() ? "]" : "]}";
      continue;
    }
    if (open.back().next > 0) json += ',';
    const Position child = node.children[open.back().next++];
    json += fmt::format("{{{},\"{}\":[", node_members(reading, tree.nodes.at(child)), name);
    open.push_back({child});
  }
  return json;
}

void print_lines(const Context& context, const Reading& reading, const TraceTree& tree, bool with_root) {
  const Screen screen = context.screen();
  std::vector<Branch> branches = branches_of(tree);
  if (!with_root) branches.erase(branches.begin());
  std::vector<std::string> heads, titles, ids;
  std::size_t head_width = 0, id_width = 0, title_width = 0;
  for (const Branch& branch : branches) {
    const TraceTree::Node& node = tree.nodes.at(branch.chain);
    const Recorded seen = event_at(reading, node.teller);
    heads.push_back(branch.rails + std::string(seen.event.type()));
    titles.push_back(harmless(event_title(seen)) + (node.live ? "" : " (withdrawn)"));
    ids.push_back(seen.event.id.text);
    for (const Position other : node.elsewhere) ids.back() += " + " + id_of(reading, tree.nodes.at(other).teller);
    head_width = std::max(head_width, width_of(heads.back()));
    title_width = std::max(title_width, width_of(titles.back()));
    id_width = std::max(id_width, width_of(seen.event.id.text));
  }
  constexpr std::size_t least_title = 20, gaps = 4;
  if (screen.columns > head_width + id_width + gaps + least_title) {
    title_width = std::min(title_width, screen.columns - head_width - id_width - gaps);
  }
  for (std::size_t i = 0; i < branches.size(); ++i) {
    context.out() << padded(heads[i], head_width) << "  " << padded(cut_to(titles[i], title_width), title_width) << "  " << ids[i] << '\n';
  }
}

void print_rows(Context& context, const Reading& reading, const TraceTree& causes, const TraceTree& answers) {
  PrinterOptions options;
  options.screen = context.screen();
  options.format = context.format();
  options.position = std::to_string(reading.sight.upto);
  options.zone = reading.zone;
  const auto printer = make_row_printer(options, context.out(), context.err());
  const auto print = [&](const TraceTree& tree, std::string_view relation) {
    for (const Branch& branch : branches_of(tree)) {
      if (branch.depth == 0 && &tree == &causes) continue;
      const std::string parent = branch.depth == 0 ? "null" : id_json(reading, tree.nodes.at(branch.parent).teller);
      printer->row(fmt::format("{{\"relation\":\"{}\",\"depth\":{},{},\"of\":{}}}", branch.depth == 0 ? "" : relation, branch.depth,
                               node_members(reading, tree.nodes.at(branch.chain)), parent));
    }
  };
  print(causes, "cause");
  print(answers, "answer");
  printer->finish();
}

Result<int> run_trace(Context& context, const std::string& name, const std::string& known, std::size_t depth) {
  const Result<Reading> reading = open_to_read(context, known);
  if (!reading) return Failure(reading.error());
  const Result<Position> position = find_event(*reading, name);
  if (!position) return Failure(position.error());
  const TraceTree causes = trace(*reading, *position, Direction::causes, depth);
  const TraceTree answers = trace(*reading, *position, Direction::answers, depth);
  switch (context.format()) {
    case Format::json:
    case Format::ndjson:
      context.out() << fmt::format("{{\"position\":{},{},\"because_of\":{},\"answers\":{}}}\n", reading->sight.upto,
                               node_members(*reading, answers.nodes.at(answers.root)), children_json(*reading, causes, "because_of"),
                               children_json(*reading, answers, "answers"));
      break;
    case Format::csv:
    case Format::md:
      print_rows(context, *reading, causes, answers);
      break;
    case Format::table:
      if (causes.nodes.size() > 1) {
        context.out() << "because of\n";
        print_lines(context, *reading, causes, false);
        context.out() << '\n';
      }
      print_lines(context, *reading, answers, true);
      break;
  }
  return done;
}

}  // namespace

void add_trace(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>(), known = std::make_shared<std::string>();
  auto depth = std::make_shared<std::size_t>(any_depth);
  CLI::App* command = add_command(app, context, "trace", "The tree of causes and answers: what led to an event and what followed from it",
                                  "  chancery trace minsk/letter\n"
                                  "  chancery trace minsk/gl11 --depth 1\n"
                                  "  chancery trace minsk/release --format json",
                                  [&context, name, known, depth] { return run_command(context, [&] { return run_trace(context, *name, *known, *depth); }); });
  command->add_option("ID", *name, "The event's id, or pos:N")->required();
  command->add_option("--depth", *depth, "At most so many links away (default: all)")->check(whole_number(1, std::numeric_limits<std::uint64_t>::max()))->type_name("N");
  add_known(command, *known);
  add_visibility(command, context);
  add_zone(command, context);
}

}  // namespace chancery::cli
