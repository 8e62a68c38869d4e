#pragma once

#include <cstdint>

namespace chancery {

/// What keeping one key's rows may cost, in steps: an event folded, a row closed or opened. One late event of a key whose state adds up
/// changes every later row; many of them would cost the square of their number. So each event of a key earns steps, and a key that has
/// spent more than all of its events have earned is folded when it is asked for from then on.
struct RowCredit {
  std::uint64_t steps_an_event;
  std::uint64_t first_allowance;  ///< overdrawn by so much before its events are first counted
  std::uint64_t steps_a_commit;   ///< more for one commit, which is held in memory, is never spent
};

/// In a file of its own, so that a test program can be linked with other numbers.
extern const RowCredit row_credit;

}  // namespace chancery
