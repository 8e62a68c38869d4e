#include "tools/chancery/trace_tree.hpp"

#include <algorithm>

namespace chancery::cli {
namespace {

class Tracer {
 public:
  Tracer(const Reading& reading, Direction direction) : reading_(reading), standing_(reading), direction_(direction) {}

  TraceTree trace(Position position, std::size_t depth) {
    tree_.root = standing_.chain_of(position);
    visit(tree_.root, 0);
    find_all(depth);
    for (const Position chain : order_) hang_closest(chain);
    for (const auto& [chain, parent] : parent_) {
      if (chain == tree_.root) continue;
      tree_.nodes[parent].children.push_back(chain);
      for (const Position other : parents_[chain]) {
        if (other != parent) tree_.nodes[chain].elsewhere.push_back(other);
      }
    }
    return std::move(tree_);
  }

 private:
  void visit(Position chain, Position parent) {
    TraceTree::Node& node = tree_.nodes[chain];
    node.teller = standing_.teller(chain);
    node.live = standing_.live(node.teller) == node.teller;
    parent_[chain] = parent;
    order_.push_back(chain);
  }

  std::vector<Position> next(Position chain) const {
    if (direction_ == Direction::answers) return standing_.answers(chain);
    return standing_.causes(event_at(reading_, tree_.nodes.at(chain).teller));
  }

  /// Breadth first, so that the parents make a tree from the start.
  void find_all(std::size_t depth) {
    std::size_t begin = 0;
    for (std::size_t links = 0; links < depth && begin < order_.size(); ++links) {
      const std::size_t end = order_.size();
      for (; begin < end; ++begin) {
        if (reading_.wanted && !reading_.wanted()) return;
        const Position chain = order_[begin];
        for (const Position child : next(chain)) {
          parents_[child].push_back(chain);
          if (!tree_.nodes.contains(child)) visit(child, chain);
        }
      }
    }
  }

  bool hangs_under(Position chain, Position above) const {
    for (; chain != 0; chain = parent_.at(chain)) {
      if (chain == above) return true;
    }
    return false;
  }

  /// Moves a chain under the nearest of its parents in time, unless that one hangs under it.
  void hang_closest(Position chain) {
    if (chain == tree_.root) return;
    std::vector<Position>& parents = parents_[chain];
    std::sort(parents.begin(), parents.end());
    if (direction_ == Direction::answers) std::reverse(parents.begin(), parents.end());
    for (const Position parent : parents) {
      if (hangs_under(parent, chain)) continue;
      parent_[chain] = parent;
      return;
    }
  }

  const Reading& reading_;
  const Standing standing_;
  const Direction direction_;
  TraceTree tree_;
  std::vector<Position> order_;  // as found
  std::map<Position, Position> parent_;
  std::map<Position, std::vector<Position>> parents_;
};

}  // namespace

TraceTree trace(const Reading& reading, Position position, Direction direction, std::size_t depth) {
  return Tracer(reading, direction).trace(position, depth);
}

std::vector<Branch> branches_of(const TraceTree& tree) {
  std::vector<Branch> branches;
  struct Open {
    Branch branch;
    std::string below;  ///< rails of what hangs under it
  };
  std::vector<Open> open{{{tree.root, 0, 0, ""}, ""}};
  while (!open.empty()) {
    const Open here = std::move(open.back());
    open.pop_back();
    branches.push_back(here.branch);
    const std::vector<Position>& children = tree.nodes.at(here.branch.chain).children;
    for (std::size_t i = children.size(); i > 0; --i) {
      const bool last = i == children.size();
      open.push_back({{children[i - 1], here.branch.chain, here.branch.depth + 1, here.below + (last ? "`- " : "|- ")},
                      here.below + (last ? "   " : "|  ")});
    }
  }
  return branches;
}

}  // namespace chancery::cli
