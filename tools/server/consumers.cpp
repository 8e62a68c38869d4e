#include "tools/server/consumers.hpp"

#include <fmt/format.h>

#include <charconv>

namespace chancery::server {

Failure no_such(std::string_view what, const std::string& name) { return failure(ErrorKind::not_found, "name", quoted(name), fmt::format("a {} that there is", what)); }

Failure somebody_elses(const std::string& name) { return failure(ErrorKind::conflict, "name", quoted(name) + ", which somebody else has", "another name"); }

Consumers::~Consumers() {
  const Now now = Now::read();
  std::vector<Ledger::Kept> changes;
  for (const auto& [name, one] : all_) {
    if (!one->consumer || one->consumer->passed_over() == 0) continue;
    for (Ledger::Kept& change : one->consumer->unkept(prefix_, now)) changes.push_back(std::move(change));
  }
  // Where it cannot be kept, the same is passed over again.
  if (!changes.empty()) static_cast<void>(ledger_.keep(changes));
}

Result<void> Consumers::load() {
  const Now now = Now::read();
  const auto kept = ledger_.kept(prefix_);
  if (!kept) return Failure(kept.error());
  for (const auto& [name, value] : *kept) {
    Result<Consumer> consumer = Consumer::read(name.substr(prefix_.size()), value, now);
    if (!consumer) return Failure(consumer.error());
    auto one = std::make_shared<One>();
    one->consumer.emplace(std::move(*consumer));
    const std::lock_guard lock(mutex_);
    all_[one->consumer->name()] = std::move(one);
  }
  for (const Beside what : {Beside::tried, Beside::parked}) {
    if (auto loaded = load_beside(what, now); !loaded) return loaded;
  }
  return {};
}

Result<void> Consumers::load_beside(Beside what, const Now& now) {
  const std::string prefix = std::string(beside_prefix(what)) + prefix_;
  const auto kept = ledger_.kept(prefix);
  if (!kept) return Failure(kept.error());
  std::vector<Ledger::Kept> nobodys;
  for (const auto& [name, value] : *kept) {
    const std::size_t end = name.rfind('/');
    Position position = 0;
    const auto [read_to, error] = std::from_chars(name.data() + end + 1, name.data() + name.size(), position);
    if (end < prefix.size() || error != std::errc() || read_to != name.data() + name.size()) return failure(ErrorKind::corrupt, name, "no position", "what chancery serve kept");
    const auto one = find(name.substr(prefix.size(), end - prefix.size()));
    if (!one) {
      // An earlier version forgot the consumer alone. One that takes its name must not find this.
      nobodys.emplace_back(name, std::nullopt);
      continue;
    }
    if (auto read = one->consumer->read_beside(what, position, value, now); !read) return read;
  }
  return nobodys.empty() ? Result<void>() : ledger_.keep(nobodys);
}

Result<bool> Consumers::put(const std::string& name, ConsumerSettings settings, Position after, const MayUse& may_use) {
  for (;;) {
    std::shared_ptr<One> one;
    {
      const std::lock_guard lock(mutex_);
      auto& found = all_[name];
      if (!found) found = std::make_shared<One>();
      one = found;
    }
    const std::lock_guard lock(one->mutex);
    // Somebody removed it while this waited.
    if (one->gone) continue;
    const bool fresh = !one->consumer;
    if (!fresh) {
      const ConsumerSettings& before = one->consumer->settings();
      if (may_use && !may_use(before.owner)) return somebody_elses(name);
      if (settings.owner != before.owner) settings.level = before.level;
      settings.owner = before.owner;
    }
    Consumer changed = fresh ? Consumer(name, settings, after) : *one->consumer;
    if (!fresh) changed.change(std::move(settings));
    if (auto kept = keep(changed); !kept) {
      if (fresh) take_out(name, *one);
      return Failure(kept.error());
    }
    one->consumer = std::move(changed);
    return fresh;
  }
}

Result<void> Consumers::remove(const std::string& name, const MayUse& may_use) {
  const std::shared_ptr<One> one = find(name);
  if (!one) return no_such("consumer", name);
  const std::lock_guard lock(one->mutex);
  if (!one->consumer || (may_use && !may_use(one->consumer->settings().owner))) return no_such("consumer", name);
  // Whoever puts the name anew does so when it is forgotten on the disk.
  if (auto kept = ledger_.keep(one->consumer->forgotten(prefix_)); !kept) return kept;
  one->consumer.reset();
  take_out(name, *one);
  return {};
}

/// With the lock of `one`.
void Consumers::take_out(const std::string& name, One& one) {
  one.gone = true;
  const std::lock_guard lock(mutex_);
  all_.erase(name);
}

std::vector<std::string> Consumers::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, one] : all_) names.push_back(name);
  return names;
}

std::shared_ptr<Consumers::One> Consumers::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : found->second;
}

Result<void> Consumers::with(const std::string& name, const std::function<Result<void>(Consumer&, bool& changed)>& act) {
  const std::shared_ptr<One> one = find(name);
  if (!one) return no_such("consumer", name);
  const std::lock_guard lock(one->mutex);
  if (!one->consumer) return no_such("consumer", name);
  bool changed = false;
  const Result<void> acted = act(*one->consumer, changed);
  // What it only passed over is found again: that is not worth a sync whenever the log grows.
  if (changed || one->consumer->passed_over() >= passed_over_max) {
    if (auto kept = keep(*one->consumer); !kept) return kept;
  }
  return acted;
}

Result<void> Consumers::keep(Consumer& consumer) {
  auto kept = ledger_.keep(consumer.unkept(prefix_, Now::read()));
  if (kept) consumer.was_kept();
  return kept;
}

}  // namespace chancery::server
