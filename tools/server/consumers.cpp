#include "tools/server/consumers.hpp"

#include <fmt/format.h>

namespace chancery::server {

Result<void> Consumers::load() {
  const auto kept = ledger_.kept(prefix_);
  if (!kept) return Failure(kept.error());
  for (const auto& [name, value] : *kept) {
    Result<Consumer> consumer = Consumer::read(name.substr(prefix_.size()), value);
    if (!consumer) return Failure(consumer.error());
    auto one = std::make_shared<One>();
    one->consumer.emplace(std::move(*consumer));
    const std::lock_guard lock(mutex_);
    all_[one->consumer->name()] = std::move(one);
  }
  return {};
}

Result<bool> Consumers::put(const std::string& name, const ConsumerSettings& settings, Position after) {
  std::shared_ptr<One> one;
  bool fresh = false;
  {
    const std::lock_guard lock(mutex_);
    auto& found = all_[name];
    fresh = !found;
    if (fresh) found = std::make_shared<One>();
    one = found;
  }
  const std::lock_guard lock(one->mutex);
  if (one->consumer) one->consumer->change(settings);
  else one->consumer.emplace(name, settings, after);
  if (auto kept = keep(*one->consumer); !kept) return Failure(kept.error());
  return fresh;
}

Result<void> Consumers::remove(const std::string& name) {
  const std::shared_ptr<One> one = find(name);
  if (!one) return failure(ErrorKind::not_found, "name", quoted(name), "a consumer that there is");
  const std::lock_guard lock(one->mutex);
  one->consumer.reset();
  {
    const std::lock_guard all(mutex_);
    all_.erase(name);
  }
  return ledger_.keep({{prefix_ + name, std::nullopt}});
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
  const auto missing = [&] { return failure(ErrorKind::not_found, "name", quoted(name), "a consumer that there is"); };
  if (!one) return missing();
  const std::lock_guard lock(one->mutex);
  if (!one->consumer) return missing();
  bool changed = false;
  const Result<void> acted = act(*one->consumer, changed);
  if (changed) {
    if (auto kept = keep(*one->consumer); !kept) return kept;
  }
  return acted;
}

Result<void> Consumers::keep(const Consumer& consumer) { return ledger_.keep({{prefix_ + consumer.name(), consumer.kept()}}); }

}  // namespace chancery::server
