#include <cstddef>
#include <cstdint>

#include "tests/fuzz/inputs.hpp"

/// libFuzzer's way in: cmake -DCMAKE_CXX_COMPILER=clang++-16 -DCHANCERY_FUZZ=ON makes one program for each of inputs.hpp (docs: README.md here).
#ifndef CHANCERY_FUZZ_INPUT
#define CHANCERY_FUZZ_INPUT target
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  chancery::fuzz::CHANCERY_FUZZ_INPUT({reinterpret_cast<const char*>(bytes), count});
  return 0;
}
