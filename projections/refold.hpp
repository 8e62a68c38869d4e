#pragma once

#include <vector>

#include "projections/rows.hpp"
#include "projections/view.hpp"
#include "storage/log.hpp"

/// Brings one key's rows up to date after what it is folded from has changed.
namespace chancery {

/// An event in a key's fold order.
struct FactChange {
  Instant earliest{};
  Position place = 0;
  Position event = 0;
  auto operator<=>(const FactChange&) const = default;
};

/// What a commit does to one key.
struct KeyChange {
  std::vector<FactChange> ended;    ///< no longer live
  std::vector<FactChange> added;    ///< live from now on
  std::vector<FactChange> touched;  ///< has this key, and is not live at the end of its own commit
  bool operator==(const KeyChange&) const = default;
};

struct RefoldContext {
  const View& view;
  const Log& log;
  RowWriter& rows;
  Visibility level;
  Position commit_last;
  bool keeps_account;  ///< whether the key's rows may cost no more than its events earn (row_credit.hpp)
};

/// Writes the facts, then folds from the first instant that changes until the state is again what it was; rows that no longer hold are
/// closed, new ones opened, and those that stay are not touched. Cost: the key's events from that instant on, at most. A key whose rows
/// cost more than they may gets a folding mark, and from then on only facts are written.
void refold(const RefoldContext& context, std::string_view key, const KeyChange& change);

}  // namespace chancery
