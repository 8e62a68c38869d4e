#pragma once

#include "projections/projection.hpp"
#include "storage/log.hpp"

namespace chancery {

/// A recorded event through the eyes of a reader of `level`. What it says of links is looked up when asked for.
class SeenThrough final : public SeenEvent {
 public:
  SeenThrough(const Recorded& recorded, const Log& log, Visibility level) : recorded_(recorded), log_(log), level_(level) {}
  const Recorded& recorded() const override { return recorded_; }
  std::string chain_id() const override;
  std::optional<std::string> chain_id_of(const Id& id) const override;

 private:
  std::string id_of_first_seen(Position chain) const;

  const Recorded& recorded_;
  const Log& log_;
  Visibility level_;
};

/// The event as JSON may show it to a reader of `level`: links to hidden events left out, `corrects` naming the first seen event that
/// following `corrects` leads to, a stream taken from a hidden event shown as `actions`;
/// below restricted without its revision, which would tell how many hidden events its stream has.
Recorded as_seen(Recorded recorded, const Log& log, Visibility level);

/// Whether a reader of `level` is told the same of an event's data links and chain as one who sees all.
bool seen_alike(const Recorded& recorded, const Log& log, Visibility level);

}  // namespace chancery
