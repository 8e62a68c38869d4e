#include "tools/server/consumers.hpp"

#include <fmt/format.h>

#include <charconv>

namespace chancery::server {

Failure no_such(std::string_view what, const std::string& name) { return failure(ErrorKind::not_found, "name", quoted(name), fmt::format("a {} that there is", what)); }

Failure somebody_elses(const std::string& name) { return failure(ErrorKind::conflict, "name", quoted(name) + ", which somebody else has", "another name"); }

Consumers::~Consumers() {
  const Now now = Now::read();
  std::vector<Ledger::Kept> changes;
  all_.for_each([&](const std::string&, const One& consumer) {
    consumer->hand_over(now);
    if (!consumer->has_unkept()) return;
    for (Ledger::Kept& change : consumer->unkept(prefix_, now)) changes.push_back(std::move(change));
  });
  // Where it cannot be kept, the same is passed over again.
  if (!changes.empty()) static_cast<void>(ledger_.keep(changes));
}

std::shared_ptr<void> Consumers::follow_alone(const std::string& name, const std::string& follower, std::function<void()> replaced) {
  const auto own = std::make_shared<Following>(Following{follower, std::move(replaced)});
  const std::lock_guard lock(followed_mutex_);
  const auto there = followed_.find(name);
  if (there != followed_.end()) {
    if (follower.empty() || there->second->follower != follower) return nullptr;
    there->second->replaced();
  }
  followed_[name] = own;
  return {own.get(), [this, name, own](void*) {
            const std::lock_guard lock(followed_mutex_);
            const auto last = followed_.find(name);
            if (last != followed_.end() && last->second == own) followed_.erase(last);
          }};
}

Result<void> Consumers::load() {
  const Now now = Now::read();
  const auto kept = ledger_.kept(prefix_);
  if (!kept) return Failure(kept.error());
  for (const auto& [name, value] : *kept) {
    Result<Consumer> consumer = Consumer::read(name.substr(prefix_.size()), value, now);
    if (!consumer) return Failure(consumer.error());
    const std::string own_name = consumer->name(), owner = consumer->settings().owner;
    all_.add(own_name, owner, std::make_unique<Consumer>(std::move(*consumer)));
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
    const auto held = all_.hold(name.substr(prefix.size(), end - prefix.size()));
    if (!held) {
      // An earlier version forgot the consumer alone. One that takes its name must not find this.
      nobodys.emplace_back(name, std::nullopt);
      continue;
    }
    if (auto read = (*held->value())->read_beside(what, position, value, now); !read) return read;
  }
  return nobodys.empty() ? Result<void>() : ledger_.keep(nobodys);
}

Result<bool> Consumers::put(const std::string& name, ConsumerSettings settings, Position after, const MayUse& may_use) {
  auto held = all_.hold_or_make(name, settings.owner);
  if (!held) return Failure(held.error());
  const bool fresh = !held->value();
  if (fresh) {
    auto made = std::make_unique<Consumer>(name, std::move(settings), after);
    if (auto kept = keep(*made); !kept) return Failure(kept.error());
    held->set(std::move(made));
    return true;
  }
  Consumer& consumer = **held->value();
  const ConsumerSettings& before = consumer.settings();
  if (may_use && !may_use(before.owner)) return somebody_elses(name);
  if (settings.owner != before.owner) settings.level = before.level;
  settings.owner = before.owner;
  Consumer changed = consumer;
  changed.change(std::move(settings));
  if (auto kept = keep(changed); !kept) return Failure(kept.error());
  consumer = std::move(changed);
  return false;
}

Result<void> Consumers::remove(const std::string& name, const MayUse& may_use) {
  auto held = all_.hold(name);
  if (!held || (may_use && !may_use(held->owner()))) return no_such("consumer", name);
  // Whoever puts the name anew does so when it is forgotten on the disk.
  if (auto kept = ledger_.keep((*held->value())->forgotten(prefix_)); !kept) return kept;
  held->take_out();
  return {};
}

std::vector<std::string> Consumers::names() const {
  std::vector<std::string> names;
  all_.for_each([&](const std::string& name, const One&) { names.push_back(name); });
  return names;
}

Result<void> Consumers::with(const std::string& name, const std::function<Result<void>(Consumer&, bool& changed)>& act) {
  const auto held = all_.hold(name);
  if (!held) return no_such("consumer", name);
  Consumer& consumer = **held->value();
  bool changed = false;
  const Result<void> acted = act(consumer, changed);
  // What it only passed over is found again: that is not worth a sync whenever the log grows.
  if (changed || consumer.passed_over() >= passed_over_max) {
    if (auto kept = keep(consumer); !kept) return kept;
  }
  return acted;
}

Result<void> Consumers::keep(Consumer& consumer) {
  auto kept = ledger_.keep(consumer.unkept(prefix_, Now::read()));
  if (kept) consumer.was_kept();
  return kept;
}

}  // namespace chancery::server
