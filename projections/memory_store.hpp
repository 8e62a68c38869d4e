#pragma once

#include <map>

#include "storage/store.hpp"

namespace chancery {

/// A store that is gone with it.
class MemoryStore final : public WritableStore {
 public:
  std::optional<std::string> get(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor() const override;
  void put(std::string_view key, std::string_view value) override { entries_.insert_or_assign(std::string(key), std::string(value)); }
  void erase(std::string_view key) override;

 private:
  std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace chancery
