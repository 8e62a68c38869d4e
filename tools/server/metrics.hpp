#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chancery::server {

/// Counts in buckets, for Prometheus. Any thread.
class Histogram {
 public:
  /// Of the buckets but the last, which has no bound.
  explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}
  void observe(double value);
  /// In the text format, under that name.
  void print(std::string& out, std::string_view name, std::string_view help) const;

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

/// What the server counts of itself. Any thread.
struct Metrics {
  std::atomic<std::uint64_t> connections{0}, connections_refused{0}, feeds{0}, requests{0}, errors{0}, appends{0}, events_appended{0},
      events_delivered{0}, feeds_cut{0};
  Histogram append_seconds{{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}};
  Histogram group_commits{{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}};  // that shared a sync
};

void print_counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value);
void print_gauge(std::string& out, std::string_view name, std::string_view help, std::uint64_t value);

}  // namespace chancery::server
