#include "projections/projection.hpp"

#include <algorithm>

namespace chancery {

// Kept sorted: a view that gives its keys in order, however many, pays for no search through all of them.
void KeySink::add(std::string key) {
  const auto place =
      keys_.empty() || keys_.back() < key ? keys_.end() : std::lower_bound(keys_.begin(), keys_.end(), key);
  if (place == keys_.end() || *place != key) keys_.insert(place, std::move(key));
}

}  // namespace chancery
