#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include "storage/limits_of_machine.hpp"
#include "tools/bench/served.hpp"
#include "tools/bench/workload.hpp"
#include "tools/chancery/reading.hpp"

/// Measures on this machine, each figure beside what the bare disk or raw RocksDB did in the same run.
namespace chancery::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct BenchOptions {
  std::vector<std::string> names;
  std::string folder;  ///< empty: where the ledger lies or would lie
  std::size_t events = 100'000;
};

struct Figure {
  std::string name;
  double value = 0;
  std::string unit = "events/s";
  Measured limit;
  std::string limit_is;
  double p50_us = 0, p99_us = 0;
  std::uint64_t bytes_per_event = 0;

  void take_micros(std::vector<double> micros) {
    std::sort(micros.begin(), micros.end());
    p50_us = micros[micros.size() / 2], p99_us = micros[micros.size() * 99 / 100];
  }
};

constexpr std::size_t record_bytes = 450;  ///< of one event of the workload in the log, about
constexpr std::size_t per_commit = 1000;
constexpr const char* sync_loop = "write and fdatasync, one after another";

/// A folder beside where a ledger would lie, so that its disk is the one measured.
class BenchFolder {
 public:
  explicit BenchFolder(const std::filesystem::path& parent) : path_(parent / fmt::format("chancery-bench-{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~BenchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::shared_ptr<Ledger> open_ledger(Context& context, const std::filesystem::path& path) {
  LedgerOptions options;
  options.create = true;
  options.followers = context.followers();
  options.command = context.command;
  return value_or_throw(Ledger::open(path, options));
}

std::vector<Given> events_from(EventReader& reader, std::size_t first, std::size_t count) {
  std::vector<Given> events;
  for (std::size_t i = 0; i < count; ++i) events.push_back(value_or_throw(reader.read(bench::event_line(first + i))));
  return events;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::uint64_t bytes_below(const std::filesystem::path& path) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

/// `threads` callers, each appending one event after another.
Figure append(Context& context, const BenchFolder& folder, std::size_t threads, std::size_t each) {
  const auto ledger = open_ledger(context, folder.path() / fmt::format("append-{}", threads));
  std::vector<std::vector<double>> micros(threads);
  const auto start = Clock::now();
  {
    std::vector<std::jthread> callers;
    for (std::size_t t = 0; t < threads; ++t) {
      callers.emplace_back([&, t] {
        EventReader reader;
        for (std::size_t i = 0; i < each; ++i) {
          auto events = events_from(reader, t * each + i, 1);
          const auto began = Clock::now();
          value_or_throw(ledger->append(std::move(events)));
          micros[t].push_back(seconds_since(began) * 1e6);
        }
      });
    }
  }
  const double total = seconds_since(start);
  std::vector<double> all;
  for (const auto& one : micros) all.insert(all.end(), one.begin(), one.end());
  Figure figure{"", static_cast<double>(all.size()) / total, "events/s", {}, "", 0, 0, 0};
  figure.take_micros(std::move(all));
  return figure;
}

Figure bench_append_1(Context& context, const BenchFolder& folder, const BenchOptions&) {
  constexpr std::size_t times = 1000;
  const Measured limit = value_or_throw(measure_sync_loop(folder.path(), record_bytes, times));
  Figure figure = append(context, folder, 1, times);
  figure.name = "append_1", figure.limit = limit, figure.limit_is = sync_loop;
  return figure;
}

Figure bench_append_64(Context& context, const BenchFolder& folder, const BenchOptions&) {
  constexpr std::size_t callers = 64, each = 400;
  const Measured limit = value_or_throw(measure_raw_puts(folder.path(), record_bytes, callers * each, callers));
  Figure figure = append(context, folder, callers, each);
  figure.name = "append_64", figure.limit = limit;
  figure.limit_is = "raw RocksDB, three puts an event, 64 events a synced write";
  return figure;
}

Figure bench_record(Context& context, const BenchFolder& folder, const BenchOptions& options) {
  const Measured limit = value_or_throw(measure_raw_puts(folder.path(), record_bytes, options.events, per_commit));
  const std::filesystem::path path = folder.path() / "record";
  const auto start = Clock::now();
  double written = 0;
  {
    const auto ledger = open_ledger(context, path);
    EventReader reader;
    std::vector<std::future<Result<Appended>>> under_way;
    for (std::size_t first = 0; first < options.events; first += per_commit) {
      under_way.push_back(ledger->submit(events_from(reader, first, std::min(per_commit, options.events - first))));
    }
    for (auto& one : under_way) value_or_throw(one.get());
    written = seconds_since(start);
    value_or_throw(ledger->settle());
  }
  Figure figure{"record", static_cast<double>(options.events) / written, "events/s", limit,
                "raw RocksDB, three puts an event, 1,000 events a synced write", 0, 0, bytes_below(path) / options.events};
  context.err() << fmt::format("record: {:.0f} events/s with every view complete\n", static_cast<double>(options.events) / seconds_since(start));
  return figure;
}

Figure bench_replay(Context& context, const BenchFolder& folder, const BenchOptions& options) {
  const Measured limit = value_or_throw(measure_raw_scan(folder.path(), record_bytes, options.events));
  const auto ledger = open_ledger(context, folder.path() / "replay");
  EventReader reader;
  for (std::size_t first = 0; first < options.events; first += per_commit) {
    value_or_throw(ledger->append(events_from(reader, first, std::min(per_commit, options.events - first))));
  }
  value_or_throw(ledger->settle());
  std::ofstream out(folder.path() / "replayed.ndjson");
  const auto start = Clock::now();
  std::string line;
  value_or_throw(ledger->read(1, ledger->last(), [&](Recorded&& recorded) {
    line.clear();
    write_recorded(line, recorded);
    line += '\n';
    out << line;
    return true;
  }));
  out.flush();
  return {"replay", static_cast<double>(options.events) / seconds_since(start), "events/s", limit,
          "raw RocksDB, one scan over as many records", 0, 0, 0};
}

Figure bench_serve_append_1(Context&, const BenchFolder& folder, const BenchOptions&) {
  constexpr std::size_t times = 3000;
  Figure figure{"serve_append_1", 0, "events/s", value_or_throw(measure_sync_loop(folder.path(), record_bytes, times)), sync_loop, 0, 0, 0};
  bench::Served served(folder.path() / figure.name);
  const auto start = Clock::now();
  std::vector<double> micros = served.append_one_by_one(times);
  figure.value = static_cast<double>(micros.size()) / seconds_since(start);
  figure.take_micros(std::move(micros));
  return figure;
}

Figure deliveries(const char* name, const BenchFolder& folder, bool polls) {
  constexpr std::size_t events = 5000, per_second = 1000;
  Figure figure{name, 0, "events/s", value_or_throw(measure_sync_loop(folder.path(), record_bytes, events)), sync_loop, 0, 0, 0};
  bench::Served served(folder.path() / name);
  const auto start = Clock::now();
  std::vector<double> micros = served.deliver(events, per_second, polls);
  figure.value = static_cast<double>(micros.size()) / seconds_since(start);
  figure.take_micros(std::move(micros));
  return figure;
}

Figure bench_serve_deliver(Context&, const BenchFolder& folder, const BenchOptions&) { return deliveries("serve_deliver", folder, false); }
Figure bench_serve_deliver_polled(Context&, const BenchFolder& folder, const BenchOptions&) { return deliveries("serve_deliver_polled", folder, true); }

using Bench = Figure (*)(Context&, const BenchFolder&, const BenchOptions&);
constexpr std::array<std::pair<std::string_view, Bench>, 7> benches{{{"append_1", bench_append_1},
                                                                     {"append_64", bench_append_64},
                                                                     {"record", bench_record},
                                                                     {"replay", bench_replay},
                                                                     {"serve_append_1", bench_serve_append_1},
                                                                     {"serve_deliver", bench_serve_deliver},
                                                                     {"serve_deliver_polled", bench_serve_deliver_polled}}};

std::string as_json(const Figure& figure) {
  std::string out = fmt::format(R"({{"name":"{}","value":{:.0f},"unit":"{}","limit":{:.0f},"ratio":{:.3f},"limit_is":"{}")", figure.name,
                                figure.value, figure.unit, figure.limit.per_second, figure.value / figure.limit.per_second, figure.limit_is);
  if (figure.p50_us > 0) {
    out += fmt::format(R"(,"p50_us":{:.0f},"p99_us":{:.0f},"limit_p50_us":{:.0f},"limit_p99_us":{:.0f})", figure.p50_us, figure.p99_us,
                       figure.limit.p50_us, figure.limit.p99_us);
  }
  if (figure.bytes_per_event > 0) out += fmt::format(R"(,"bytes_per_event":{})", figure.bytes_per_event);
  return out + "}";
}

Result<int> run_bench(Context& context, const BenchOptions& options) {
  std::filesystem::path parent = options.folder;
  if (parent.empty()) parent = std::filesystem::absolute(context.options.ledger) .lexically_normal().parent_path();
  const BenchFolder folder(parent);
  std::vector<std::string> lines;
  for (const auto& [name, bench] : benches) {
    const bool wanted = options.names.empty() || std::count(options.names.begin(), options.names.end(), name) > 0;
    if (!wanted) continue;
    context.err() << "measuring " << name << " ...\n";
    lines.push_back(as_json(bench(context, folder, options)));
  }
  if (context.format() == Format::json) {
    context.out() << fmt::format("[{}]\n", fmt::join(lines, ",\n "));
    return done;
  }
  PrinterOptions printer_options;
  printer_options.format = context.format();
  const auto printer = make_row_printer(printer_options, context.out(), context.err());
  for (const std::string& line : lines) printer->row(line);
  printer->finish();
  return done;
}

}  // namespace

void add_bench(CLI::App& app, Context& context) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = add_command(app, context, "bench", "Measure on this machine, beside what its bare disk and raw RocksDB do",
                                  "  chancery bench\n  chancery bench append_1 append_64 --format json\n  chancery bench record --events 1000000",
                                  [&context, options] { return run_command(context, [&] { return run_bench(context, *options); }); });
  std::vector<std::string> names;
  for (const auto& [name, bench] : benches) names.emplace_back(name);
  command->add_option("NAME", options->names, "What to measure (default: all)")->check(one_of(names));
  command->add_option("--folder", options->folder, "Where: the disk of this folder is measured (default: beside the ledger)")->check(CLI::ExistingDirectory)->type_name("DIR");
  command->add_option("--events", options->events, "How many events record and replay take")->check(whole_number(1'000, 100'000'000));
}

}  // namespace chancery::cli
