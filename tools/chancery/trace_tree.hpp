#pragma once

#include <map>
#include <vector>

#include "tools/chancery/standing.hpp"

namespace chancery::cli {

/// What followed from an event, or what led to it, as a tree of chains: each once, although an event may have several causes.
struct TraceTree {
  struct Node {
    Position teller = 0;              ///< the event that tells what the chain says
    bool live = false;                ///< it stands
    std::vector<Position> children;   ///< chains, by position
    std::vector<Position> elsewhere;  ///< chains besides its parent that it hangs from too
  };
  Position root = 0;  ///< a chain
  std::map<Position, Node> nodes;
};

enum class Direction : std::uint8_t { answers, causes };

/// An answer stands under the latest of its causes in the tree, a cause over the earliest of its answers. At most `depth` links from
/// the root. Corrections can lead chains in a ring; the tree then leaves out the link that would close it.
TraceTree trace(const Reading& reading, Position position, Direction direction, std::size_t depth);

/// One line of a tree: an event, and how deep it lies.
struct Branch {
  Position chain = 0, parent = 0;
  std::size_t depth = 0;
  std::string rails;  ///< what is drawn before it
};

/// The lines of a tree from above, each with its rails.
std::vector<Branch> branches_of(const TraceTree& tree);

}  // namespace chancery::cli
