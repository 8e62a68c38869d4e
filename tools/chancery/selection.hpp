#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/any_case.hpp"
#include "tools/chancery/reading.hpp"

/// Which events a list is made of, and in which order.
namespace chancery::cli {

/// As typed.
struct Selection {
  std::vector<std::string> types, streams, parties, tags, measures;
  std::string by, grep, since, until, causes;
  std::string after, before;  ///< positions
  std::string beyond;         ///< a position: by occurred, only what comes after that event
  bool oldest_first = false;
  std::uint64_t limit = 0;  ///< 0: none
};

/// What is asked for, checked.
struct Wanted {
  Filter filter;
  bool by_occurred = false;
  bool oldest_first = false;            ///< of what was recorded
  Position after = 0;                   ///< nothing up to there
  std::optional<Position> before;       ///< nothing from there on
  std::optional<AnyCase> grep;
  std::optional<std::unordered_set<Position>> among;  ///< only these
  std::optional<std::pair<Instant, Position>> beyond;  ///< by occurred: nothing up to there
  std::uint64_t limit = 0;
};

/// Fails with: refused.
Result<Query> query_of(const Selection& selection);
/// Fails with: refused (a --since after its --until, between which nothing can be).
Result<void> check_order(const Selection& selection, std::string_view zone);
/// `chronology`: by world time unless told otherwise. Fails with: refused, not_found.
Result<Wanted> wanted_of(const Selection& selection, const Reading& reading, bool chronology);
/// Calls `visit` for each event that is wanted, as the reader sees it, until it returns false, or nobody waits for it any longer.
Result<void> select(const Reading& reading, const Wanted& wanted, const std::function<bool(const Recorded&)>& visit);

}  // namespace chancery::cli
