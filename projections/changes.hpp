#pragma once

#include <span>
#include <vector>

#include "storage/log.hpp"

/// What one commit does to what is live, for each level of visibility: the same for every view.
namespace chancery {

/// The live event of a chain before and after a commit, as one level sees it.
struct ChainChange {
  std::optional<Recorded> before, after;  ///< differ, or one is absent
  Position place = 0;                     ///< the first event of the chain that the level sees: breaks ties in the fold order
};

struct LevelChanges {
  std::vector<ChainChange> chains;      ///< by chain
  std::vector<Recorded> never_live;     ///< seen events of the commit that are not live at its end
};

/// Index by Visibility.
using CommitChanges = std::array<LevelChanges, all_levels.size()>;

/// `commit` is one whole commit; `log` knows at least all up to its end. Throws MachineFailure.
CommitChanges changes_of(std::span<const Recorded> commit, const Log& log);

}  // namespace chancery
