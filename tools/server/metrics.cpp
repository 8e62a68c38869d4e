#include "tools/server/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

/// The Prometheus text exposition format, version 0.0.4.
namespace chancery::server {
namespace {

void print_head(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

}  // namespace

void Histogram::observe(double value) {
  std::size_t bucket = 0;
  while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

void Histogram::print(std::string& out, std::string_view name, std::string_view help) const {
  print_head(out, name, help, "histogram");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    count += counts_[i].load(std::memory_order_relaxed);
    fmt::format_to(std::back_inserter(out), "{}_bucket{{le=\"{}\"}} {}\n", name, bounds_[i], count);
  }
  count += counts_.back().load(std::memory_order_relaxed);
  fmt::format_to(std::back_inserter(out), "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2:.9f}\n{0}_count {1}\n", name, count,
                 sum_.load(std::memory_order_relaxed));
}

void print_counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value) {
  print_head(out, name, help, "counter");
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void print_gauge(std::string& out, std::string_view name, std::string_view help, std::uint64_t value) {
  print_head(out, name, help, "gauge");
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

}  // namespace chancery::server
