#pragma once

#include <memory>
#include <vector>

#include "projections/changes.hpp"
#include "projections/rows.hpp"
#include "projections/view.hpp"

/// Keeps a view's rows as commits arrive.
namespace chancery {

/// A view as something that follows the log. Its store holds what rows.hpp describes.
class ViewFollower final : public Follower {
 public:
  explicit ViewFollower(const View& view);
  std::string_view name() const override { return name_; }
  std::uint32_t version() const override;
  void follow(std::span<const Recorded> events, const Log& log, WritableStore& store) override;
  const View& view() const { return view_; }

 private:
  const View& view_;
  std::string name_;
};

/// The name under which a view follows the log ("view/prisoners").
std::string follower_name(const View& view);

/// One follower for each view.
std::vector<std::unique_ptr<ViewFollower>> view_followers();

}  // namespace chancery
