#include "projections/memory_store.hpp"

namespace chancery {
namespace {

using Entries = std::map<std::string, std::string, std::less<>>;

class MemoryCursor final : public Cursor {
 public:
  explicit MemoryCursor(const Entries& entries) : entries_(entries), here_(entries.end()) {}
  void seek(std::string_view key) override { here_ = entries_.lower_bound(key); }
  void seek_before(std::string_view key) override {
    here_ = entries_.lower_bound(key);
    previous();
  }
  bool valid() const override { return here_ != entries_.end(); }
  void next() override { ++here_; }
  void previous() override { here_ = here_ == entries_.begin() ? entries_.end() : std::prev(here_); }
  std::string_view key() const override { return here_->first; }
  std::string_view value() const override { return here_->second; }

 private:
  const Entries& entries_;
  Entries::const_iterator here_;
};

}  // namespace

std::optional<std::string> MemoryStore::get(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<Cursor> MemoryStore::cursor() const { return std::make_unique<MemoryCursor>(entries_); }

void MemoryStore::erase(std::string_view key) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace chancery
