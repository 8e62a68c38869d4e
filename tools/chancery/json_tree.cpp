#include "tools/chancery/json_tree.hpp"

#include <algorithm>

#include "core/json/raw.hpp"
#include "core/json/writer.hpp"

namespace chancery::cli {

void JsonTree::open() {
  if (open_) return;
  open_ = true;
  if (raw_.empty()) return;
  for (RawItems items(raw_); items.next();) members_.emplace_back(unescaped(items.key()), JsonTree(std::string(items.value())));
}

JsonTree& JsonTree::member(std::string_view name) {
  open();
  for (auto& [key, value] : members_) {
    if (key == name) return value;
  }
  return members_.emplace_back(std::string(name), JsonTree()).second;
}

bool JsonTree::has(std::string_view name) {
  open();
  return std::any_of(members_.begin(), members_.end(), [&](const auto& member) { return member.first == name; });
}

void JsonTree::remove(std::string_view name) {
  open();
  std::erase_if(members_, [&](const auto& member) { return member.first == name; });
}

void JsonTree::write(std::string& out) const {
  if (!open_) {
    out += raw_;
    return;
  }
  ObjectWriter object(out);
  for (const auto& [key, value] : members_) {
    if (value.empty()) continue;
    object.free_name(key);
    value.write(out);
  }
  object.close();
}

}  // namespace chancery::cli
