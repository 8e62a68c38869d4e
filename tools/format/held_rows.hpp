#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/format/format.hpp"

namespace chancery {

/// Rows that are needed twice: held while they are few, and asked for once more where they are not.
class HeldRows {
 public:
  explicit HeldRows(const PrinterOptions& options) : again_(options.again), bytes_max_(options.held_bytes_max) {}

  void add(std::string_view row) {
    ++count_;
    if (let_go_) return;
    bytes_ += sizeof(std::string) + row.size();
    rows_.emplace_back(row);
    if (!again_ || bytes_ <= bytes_max_) return;
    let_go_ = true;
    rows_ = {};
  }
  std::size_t count() const { return count_; }
  /// All that were added, in order.
  void each(const TakeRow& take) const {
    if (let_go_) return again_(take);
    for (const std::string& row : rows_) take(row);
  }

 private:
  const std::function<void(const TakeRow&)> again_;
  const std::size_t bytes_max_;
  std::vector<std::string> rows_;
  std::size_t bytes_ = 0, count_ = 0;
  bool let_go_ = false;
};

}  // namespace chancery
