#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace chancery::test {

/// What the random numbers of a test begin with: $CHANCERY_SEED, else another each time. It is shown with what fails.
inline std::uint64_t seed() {
  const char* given = std::getenv("CHANCERY_SEED");
  return given != nullptr ? std::stoull(given) : std::random_device{}();
}

}  // namespace chancery::test
