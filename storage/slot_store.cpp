#include "storage/slot_store.hpp"

#include <rocksdb/write_batch.h>

#include <cassert>

#include "storage/keys.hpp"
#include "storage/scheduling.hpp"

namespace chancery {
namespace {

/// Walks the keys of one slot. What it shows is copied, so that a batch may change under it.
class SlotCursor final : public Cursor {
 public:
  using Make = std::function<rocksdb::Iterator*(const rocksdb::ReadOptions&)>;
  SlotCursor(std::string prefix, const rocksdb::Snapshot* snapshot, const Make& make)
      : prefix_(std::move(prefix)), after_(keys::after_prefix(prefix_)), lower_(slice(prefix_)), upper_(slice(after_)) {
    options_ = ordered();
    options_.snapshot = snapshot;
    options_.iterate_lower_bound = &lower_;
    options_.iterate_upper_bound = &upper_;
    iterator_.reset(make(options_));
  }
  SlotCursor(const SlotCursor&) = delete;
  SlotCursor& operator=(const SlotCursor&) = delete;

  void seek(std::string_view key) override {
    const std::string whole = prefix_ + std::string(key);
    iterator_->Seek(slice(whole));
    take();
  }
  void seek_before(std::string_view key) override {
    const std::string whole = prefix_ + std::string(key);
    iterator_->SeekForPrev(slice(whole));
    if (iterator_->Valid() && iterator_->key() == slice(whole)) iterator_->Prev();
    take();
  }
  bool valid() const override { return valid_; }
  void next() override {
    iterator_->Next();
    take();
  }
  void previous() override {
    iterator_->Prev();
    take();
  }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }

 private:
  void take() {
    throw_unless_ok(iterator_->status());
    valid_ = iterator_->Valid() && iterator_->key().starts_with(lower_);
    if (!valid_) return;
    key_.assign(iterator_->key().data() + prefix_.size(), iterator_->key().size() - prefix_.size());
    value_.assign(iterator_->value().data(), iterator_->value().size());
  }

  const std::string prefix_, after_;
  const rocksdb::Slice lower_, upper_;
  rocksdb::ReadOptions options_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool valid_ = false;
  std::string key_, value_;
};

}  // namespace

SnapshotStore::SnapshotStore(rocksdb::DB& db, Slot slot, std::shared_ptr<const rocksdb::Snapshot> snapshot)
    : db_(db), slot_(slot), prefix_(keys::slot_prefix(slot.number)), snapshot_(std::move(snapshot)) {}

std::optional<std::string> SnapshotStore::get(std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_.get();
  std::string value;
  const rocksdb::Status status = db_.Get(options, slot_.family, slice(prefix_ + std::string(key)), &value);
  if (status.IsNotFound()) return std::nullopt;
  throw_unless_ok(status);
  return value;
}

std::unique_ptr<Cursor> SnapshotStore::cursor() const {
  return std::make_unique<SlotCursor>(prefix_, snapshot_.get(), [this](const rocksdb::ReadOptions& options) {
    return db_.NewIterator(options, slot_.family);
  });
}

BatchStore::BatchStore(rocksdb::DB& db, Slot slot)
    : db_(db), slot_(slot), prefix_(keys::slot_prefix(slot.number)), batch_(rocksdb::BytewiseComparator(), 0, true) {}

rocksdb::Slice BatchStore::whole(std::string_view key) const {
  key_.assign(prefix_).append(key);
  return slice(key_);
}

// A view computes for milliseconds at a stretch. Whoever is woken on its core meanwhile, to answer an append, would wait as long.
std::optional<std::string> BatchStore::get(std::string_view key) const {
  let_others_run();
  std::string value;
  const rocksdb::Status status = batch_.GetFromBatchAndDB(&db_, rocksdb::ReadOptions(), slot_.family, whole(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  throw_unless_ok(status);
  return value;
}

std::unique_ptr<Cursor> BatchStore::cursor() const {
  let_others_run();
  return std::make_unique<SlotCursor>(prefix_, nullptr, [this](const rocksdb::ReadOptions& options) {
    return batch_.NewIteratorWithBase(slot_.family, db_.NewIterator(options, slot_.family), &options);
  });
}

void BatchStore::put(std::string_view key, std::string_view value) {
  throw_unless_ok(batch_.Put(slot_.family, whole(key), slice(value)));
}
void BatchStore::erase(std::string_view key) { throw_unless_ok(batch_.Delete(slot_.family, whole(key))); }

BlindStore::BlindStore(rocksdb::WriteBatch& batch, Slot slot)
    : batch_(batch), slot_(slot), key_(keys::slot_prefix(slot.number)) {}

rocksdb::Slice BlindStore::whole(std::string_view key) {
  key_.resize(keys::slot_bytes);
  key_ += key;
  return slice(key_);
}

std::optional<std::string> BlindStore::get(std::string_view /*key*/) const {
  assert(!"a blind store is only written");
  return std::nullopt;
}
std::unique_ptr<Cursor> BlindStore::cursor() const {
  assert(!"a blind store is only written");
  return nullptr;
}
void BlindStore::put(std::string_view key, std::string_view value) {
  throw_unless_ok(batch_.Put(slot_.family, whole(key), slice(value)));
}
void BlindStore::erase(std::string_view key) { throw_unless_ok(batch_.Delete(slot_.family, whole(key))); }

}  // namespace chancery
