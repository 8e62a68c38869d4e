#!/usr/bin/env bash
# headers_test.sh BINARY
#
# Every header compiles alone: each is the only include of a source that the build makes for it.
set -euo pipefail

log=$CHANCERY_BUILD/headers_test.log
cmake --build "$CHANCERY_BUILD" --target all_verify_interface_header_sets -- -j "$(nproc)" >"$log" 2>&1 || {
  cat "$log"
  exit 1
}

made=$(find "$CHANCERY_BUILD" -path '*_verify_interface_header_sets*' -name '*.hpp.cxx.o' | wc -l)
headers=$(find core storage projections tools -name "*.hpp" | wc -l)
echo "$made sources compiled, $headers headers"
[ "$made" -ge "$headers" ]
