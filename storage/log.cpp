#include "storage/log.hpp"

#include <fmt/format.h>

namespace chancery {

Result<Position> commit_end_at(const Log& log, Position position) {
  if (position == 0) return 0;
  const Position last = log.last();
  if (position > last) {
    return refused("position", fmt::format("{}, above the last", position), fmt::format("0 to {}", last));
  }
  const auto head = log.head_at(position);
  if (!head) return Failure(head.error());
  return head->commit_last == position ? position : head->commit_first - 1;
}

Result<Position> commit_end_at(const Log& log, Instant instant) {
  Position low = 0;  // the end of a commit at or before `instant`
  Position high = log.last();
  while (low < high) {
    const auto head = log.head_at(low + (high - low + 1) / 2);
    if (!head) return Failure(head.error());
    if (head->recorded_at <= instant) {
      low = head->commit_last;
    } else {
      high = head->commit_first - 1;
    }
  }
  return low;
}

}  // namespace chancery
