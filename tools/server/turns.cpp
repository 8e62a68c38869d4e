#include "tools/server/turns.hpp"

#include <tuple>

namespace chancery::server {

void Turns::want(const std::string& name, const std::string& owner) {
  const auto [found, fresh] = all_.try_emplace(name);
  if (!fresh) {
    found->second.wanted = true;
    return;
  }
  found->second.owner = owner;
  // Nobody passes those that wait by coming anew.
  owners_.try_emplace(owner, Owner{{}, 0, ++ticks_}).first->second.waiting.push_back(name);
}

std::optional<std::string> Turns::begin() {
  if (at_work_ >= at_once_) return std::nullopt;
  Owner* next = nullptr;
  for (auto& [name, owner] : owners_) {
    if (owner.waiting.empty() || owner.at_work >= of_one_owner_) continue;
    if (!next || std::tie(owner.at_work, owner.served) < std::tie(next->at_work, next->served)) next = &owner;
  }
  if (!next) return std::nullopt;
  std::string name = std::move(next->waiting.front());
  next->waiting.pop_front();
  next->served = ++ticks_;
  ++next->at_work;
  ++at_work_;
  One& one = all_.find(name)->second;
  one.at_work = true;
  one.wanted = false;
  return name;
}

void Turns::end(const std::string& name, bool again) {
  const auto found = all_.find(name);
  const auto owner = owners_.find(found->second.owner);
  --owner->second.at_work;
  --at_work_;
  found->second.at_work = false;
  if (again || found->second.wanted) {
    found->second.wanted = false;
    owner->second.waiting.push_back(name);
    return;
  }
  all_.erase(found);
  if (owner->second.waiting.empty() && owner->second.at_work == 0) owners_.erase(owner);
}

}  // namespace chancery::server
