#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace chancery::server {

/// Counts in buckets of seconds, for Prometheus.
class Histogram {
 public:
  void observe(double seconds);
  /// In the text format, under that name.
  void print(std::string& out, std::string_view name, std::string_view help) const;

 private:
  static constexpr std::array<double, 14> bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

/// What the server counts of itself. Any thread.
struct Metrics {
  std::atomic<std::uint64_t> connections{0}, connections_refused{0}, feeds{0}, requests{0}, errors{0}, appends{0}, events_appended{0},
      events_delivered{0}, feeds_cut{0};
  Histogram append_seconds;
};

void print_counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value);
void print_gauge(std::string& out, std::string_view name, std::string_view help, std::uint64_t value);

}  // namespace chancery::server
