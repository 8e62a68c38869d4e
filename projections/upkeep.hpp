#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "projections/changes.hpp"
#include "projections/view.hpp"
#include "storage/store.hpp"

/// Keeps a view's rows as commits arrive. Its store holds what rows.hpp describes.
namespace chancery {

/// What the commits of a batch do to what is live: worked out once for all views that follow it. One view at a time: a
/// ledger lets those that follow it follow one after another.
class SharedChanges {
 public:
  /// Valid until it is asked for another batch.
  const std::vector<CommitChanges>& of(const EventBatch& batch, const Log& log);

 private:
  std::uint64_t number_ = 0;  // of the batch they are of; 0: none
  std::vector<CommitChanges> changes_;
};

/// A view as something that follows the log.
class ViewFollower final : public Follower {
 public:
  ViewFollower(const View& view, std::shared_ptr<SharedChanges> changes);
  std::string_view name() const override { return name_; }
  std::uint32_t version() const override;
  void follow(const EventBatch& batch, const Log& log, WritableStore& store) override;

 private:
  const View& view_;
  const std::shared_ptr<SharedChanges> changes_;
  const std::string name_;
};

}  // namespace chancery
