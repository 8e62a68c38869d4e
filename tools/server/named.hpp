#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace chancery::server {

/// So many consumers, and so many webhooks, can be of one owner.
constexpr std::size_t of_one_owner_max = 100;

/// Things that have a name and an owner, each with a lock of its own: what is done to one, and kept of it, waits for no other. Any thread.
///
/// Two locks. A thing's own is had by whoever holds it (Held), from when a change is decided until it is kept: for as long as a disk takes.
/// The map's is had for look-ups alone, and nothing is waited for with it. A value is replaced with both, so whoever has either may read it.
/// Whoever holds a thing may take the map's, never the other way round; a thread holds one thing of a Named at a time.
///
/// Invariants, whenever nobody holds a thing: it is in the map and has a value, or it is gone for good and nobody finds it.
template <class Value>
class Named {
  struct One {
    explicit One(std::string owner_in) : owner(std::move(owner_in)) {}
    const std::string owner;
    std::mutex held;
    std::optional<Value> value;
    bool gone = false;  // with `held`
  };
  using Lock = std::unique_lock<std::mutex>;

 public:
  /// What they are called in messages, and how many one owner can have.
  explicit Named(std::string_view what, std::size_t most = of_one_owner_max) : what_(what), most_(most) {}

  /// One of them, held by nobody else until this goes. One that is new and is given no value is taken out then.
  class Held {
   public:
    Held(Held&&) noexcept = default;
    ~Held() {
      if (one_ && !one_->value && !one_->gone) take_out();
    }
    /// Nothing: it is new.
    const std::optional<Value>& value() const { return one_->value; }
    const std::string& owner() const { return one_->owner; }
    /// What others see of it from now on.
    void set(Value value) {
      const std::lock_guard lock(all_->mutex_);
      one_->value = std::move(value);
    }
    /// Others find it no more; who waits for it makes it anew.
    void take_out() {
      one_->gone = true;
      const std::lock_guard lock(all_->mutex_);
      one_->value.reset();
      all_->ones_.erase(name_);
    }

   private:
    friend Named;
    Held(Named& all, std::string name, std::shared_ptr<One> one, Lock lock) : all_(&all), name_(std::move(name)), one_(std::move(one)), lock_(std::move(lock)) {}

    Named* all_;
    std::string name_;
    std::shared_ptr<One> one_;
    Lock lock_;  // let go before what it locks
  };

  /// Waits for whoever holds it. Nothing: there is none.
  std::optional<Held> hold(const std::string& name) {
    while (auto one = find(name)) {
      Lock lock(one->held);
      // Somebody took it out while this waited.
      if (!one->gone) return Held(*this, name, std::move(one), std::move(lock));
    }
    return std::nullopt;
  }

  /// The same, but one that is new and `owner`'s where there is none. Fails with: conflict (the owner has as many as it can have).
  Result<Held> hold_or_make(const std::string& name, const std::string& owner) {
    for (;;) {
      if (auto held = hold(name)) return std::move(*held);
      // Locked before others can find it.
      auto one = std::make_shared<One>(owner);
      Lock lock(one->held);
      const std::lock_guard map_lock(mutex_);
      if (ones_.contains(name)) continue;
      const auto own = std::count_if(ones_.begin(), ones_.end(), [&](const auto& other) { return other.second->owner == owner; });
      if (static_cast<std::size_t>(own) >= most_) return failure(ErrorKind::conflict, what_, fmt::format("{}, and one more", own), fmt::format("{} of one owner: change or remove one that is there", most_));
      ones_.emplace(name, one);
      return Held(*this, name, std::move(one), std::move(lock));
    }
  }

  /// One that was kept, however many its owner has.
  void add(const std::string& name, const std::string& owner, Value value) {
    auto one = std::make_shared<One>(owner);
    one->value = std::move(value);
    const std::lock_guard lock(mutex_);
    ones_[name] = std::move(one);
  }

  /// A copy of its value, without waiting for whoever holds it. Nothing: there is none, or it is not made yet.
  std::optional<Value> copy_of(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = ones_.find(name);
    return found == ones_.end() ? std::nullopt : found->second->value;
  }

  /// Calls act(name, value) for each that is made, by their names, without waiting for whoever holds it. `act` takes no lock.
  template <class Act>
  void for_each(Act act) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, one] : ones_) {
      if (one->value) act(name, *one->value);
    }
  }

 private:
  std::shared_ptr<One> find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = ones_.find(name);
    return found == ones_.end() ? nullptr : found->second;
  }

  const std::string what_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<One>, std::less<>> ones_;
};

}  // namespace chancery::server
