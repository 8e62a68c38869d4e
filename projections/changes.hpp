#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "storage/log.hpp"

/// What one commit does to what is live, for each level of visibility: the same for every view.
namespace chancery {

/// The live event of a chain before and after a commit, as one level sees it.
struct ChainChange {
  const Recorded* before = nullptr;  ///< differs from `after`; either may be absent
  const Recorded* after = nullptr;
  Position place = 0;                ///< the first event of the chain that the level sees: breaks ties in the fold order
  bool operator==(const ChainChange&) const = default;
};

struct LevelChanges {
  std::vector<ChainChange> chains;          ///< by chain
  std::vector<const Recorded*> never_live;  ///< seen events of the commit that are not live at its end
  /// Whether they are those of restricted, event for event.
  bool as_restricted = false;
};

/// Points into the commit it was made from, which must outlive it, and into what it had to look up.
struct CommitChanges {
  std::array<LevelChanges, all_levels.size()> levels;  ///< by Visibility
  std::vector<std::unique_ptr<const Recorded>> looked_up;

  const LevelChanges& at(Visibility level) const { return levels[static_cast<std::size_t>(level)]; }
};

/// `commit` is one whole commit; `log` knows at least all up to its end. Throws MachineFailure.
CommitChanges changes_of(std::span<const Recorded> commit, const Log& log);

}  // namespace chancery
