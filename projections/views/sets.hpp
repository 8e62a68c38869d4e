#pragma once

#include <algorithm>
#include <vector>

/// The lists of states: sorted bytewise, each value once.
namespace chancery {

template <class T>
std::vector<T> sorted_set(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// Puts `more`, in any order, into the sorted set `set`.
template <class T>
void unite(std::vector<T>& set, const std::vector<T>& more) {
  set.insert(set.end(), more.begin(), more.end());
  set = sorted_set(std::move(set));
}

/// Takes the values of the sorted set `gone` out of `set`.
template <class T>
void subtract(std::vector<T>& set, const std::vector<T>& gone) {
  std::erase_if(set, [&](const T& value) { return std::binary_search(gone.begin(), gone.end(), value); });
}

}  // namespace chancery
