#pragma once

#include <rocksdb/utilities/write_batch_with_index.h>

#include "storage/database.hpp"
#include "storage/store.hpp"

namespace chancery {

/// Where one follower's entries lie: the keys of a family that begin with a number.
struct Slot {
  rocksdb::ColumnFamilyHandle* family = nullptr;
  std::uint32_t number = 0;
};

/// A slot as it stood when this was made.
class SnapshotStore final : public Store {
 public:
  SnapshotStore(rocksdb::DB& db, Slot slot, std::shared_ptr<const rocksdb::Snapshot> snapshot);
  std::optional<std::string> get(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor() const override;

 private:
  rocksdb::DB& db_;
  const Slot slot_;
  const std::string prefix_;
  const std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

/// A slot with changes that are gathered in one batch, and seen through this store before they are written.
class BatchStore final : public WritableStore {
 public:
  BatchStore(rocksdb::DB& db, Slot slot);
  std::optional<std::string> get(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor() const override;
  void put(std::string_view key, std::string_view value) override;
  void erase(std::string_view key) override;

  /// Begins anew, keeping memory.
  void clear() { batch_.Clear(); }
  rocksdb::WriteBatch& batch() { return *batch_.GetWriteBatch(); }

 private:
  rocksdb::Slice whole(std::string_view key) const;

  rocksdb::DB& db_;
  const Slot slot_;
  const std::string prefix_;
  mutable std::string key_;
  mutable rocksdb::WriteBatchWithIndex batch_;
};

/// The same for a follower that never reads what it wrote: the batch needs no index.
class BlindStore final : public WritableStore {
 public:
  BlindStore(rocksdb::WriteBatch& batch, Slot slot);
  std::optional<std::string> get(std::string_view key) const override;  ///< a programmer's error
  std::unique_ptr<Cursor> cursor() const override;                      ///< likewise
  void put(std::string_view key, std::string_view value) override;
  void erase(std::string_view key) override;

 private:
  rocksdb::Slice whole(std::string_view key);

  rocksdb::WriteBatch& batch_;
  const Slot slot_;
  std::string key_;
};

}  // namespace chancery
