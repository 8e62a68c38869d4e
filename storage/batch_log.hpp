#pragma once

#include <span>

#include "storage/log.hpp"

namespace chancery {

/// A log of which some events are at hand: whoever follows them asks for them again and again, and each need not be looked up and decoded.
class BatchLog final : public Log {
 public:
  /// `batch` holds events that come one after another, at least one. Both must outlive this.
  BatchLog(const Log& log, std::span<const Recorded> batch) : log_(log), batch_(batch), first_(batch.front().position) {}

  Position last() const override { return log_.last(); }
  Result<Recorded> at(Position position) const override {
    if (const Recorded* here = in_batch(position)) return *here;
    return log_.at(position);
  }
  Result<RecordHead> head_at(Position position) const override { return log_.head_at(position); }
  Result<std::optional<Position>> find(const Id& id) const override { return log_.find(id); }
  Result<void> read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    return log_.read(from, to, visit);
  }
  Result<void> read_backward(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    return log_.read_backward(from, to, visit);
  }
  std::vector<Link> links_to(Relation relation, Position target) const override { return log_.links_to(relation, target); }
  Visibility level_of(Position position) const override {
    const Recorded* here = in_batch(position);
    return here != nullptr ? here->event.level() : log_.level_of(position);
  }

 private:
  const Recorded* in_batch(Position position) const {
    return position >= first_ && position - first_ < batch_.size() ? &batch_[position - first_] : nullptr;
  }

  const Log& log_;
  const std::span<const Recorded> batch_;
  const Position first_;
};

}  // namespace chancery
