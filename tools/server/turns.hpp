#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace chancery::server {

/// Whose turn it is where few work for many: so many turns at once, of one owner no more than a part of them. Whoever has the fewest at
/// work comes first, of those who waited the longest. Each name is at work once at a time. Not for several threads at once.
class Turns {
 public:
  Turns(std::size_t at_once, std::size_t of_one_owner) : at_once_(at_once), of_one_owner_(of_one_owner) {}

  /// It wants a turn: one after those that wait already, or after the one that it has.
  void want(const std::string& name, const std::string& owner);
  /// Whose turn begins; nothing if nobody wants one, or all are taken.
  std::optional<std::string> begin();
  /// Its turn is over; it wants another if `again`, or if it was wanted meanwhile.
  void end(const std::string& name, bool again);

 private:
  struct Owner {
    std::deque<std::string> waiting;
    std::size_t at_work = 0;
    std::uint64_t served = 0;  // when it had its last turn, or came, in ticks
  };
  struct One {
    std::string owner;
    bool at_work = false, wanted = false;
  };

  const std::size_t at_once_, of_one_owner_;
  std::map<std::string, Owner, std::less<>> owners_;  // of those in all_
  std::map<std::string, One, std::less<>> all_;       // that wait or are at work
  std::size_t at_work_ = 0;
  std::uint64_t ticks_ = 0;  // one for each turn, and each owner that came
};

}  // namespace chancery::server
