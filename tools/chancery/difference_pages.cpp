#include "tools/chancery/difference_pages.hpp"

#include <algorithm>

namespace chancery::cli {

std::optional<std::string> last_key_of_page(const Differences& all, std::string_view after, std::uint64_t limit) {
  std::optional<std::string> last;
  for (const std::vector<Difference>* list : {&all.knowledge, &all.world}) {
    const auto first = std::partition_point(list->begin(), list->end(), [&](const Difference& one) { return one.key <= after; });
    if (static_cast<std::uint64_t>(list->end() - first) <= limit) continue;
    const std::string& key = (first + static_cast<std::ptrdiff_t>(limit) - 1)->key;
    if (!last || key < *last) last = key;
  }
  return last;
}

}  // namespace chancery::cli
