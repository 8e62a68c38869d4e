#!/usr/bin/env bash
# layout_test.sh BINARY
#
# The shape of the tree, as ARCHITECTURE.md promises it: what stands at the top, the arrow of includes, the length of
# files, and that whatever is written is also built. Prints each breach; fails if there is one.
set -euo pipefail

breaches=0

# breach WHAT LINES: counts and prints LINES, if there are any.
breach() {
  [ -n "$2" ] || return 0
  printf '%s:\n%s\n' "$1" "$2"
  breaches=$((breaches + 1))
}

# The project's own files: what git knows or would add.
files() {
  git -c safe.directory='*' ls-files --cached --others --exclude-standard "$@" | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
  done
}

# includes FOLDER PATTERN: the lines of that folder's files that include what the pattern matches.
includes() {
  files "$1/*.hpp" "$1/*.cpp" | xargs -r grep -nE "^ *# *include *[<\"]($2)" /dev/null || true
}

code=$(files 'core/*' 'storage/*' 'projections/*' 'tools/*' 'tests/*' | grep -E '\.(cpp|hpp|py|sh|js|txt)$|^tools/[a-z]+$' |
  grep -vE '/(golden|examples|data)/')

allowed='core|storage|projections|tools|tests|README.md|ARCHITECTURE.md|SECURITY.md|LICENSE|docs|CMakeLists.txt'
allowed+='|CMakePresets.json|.ci|.clang-format|.clang-tidy|.gitignore'
breach "Not expected at the top" "$(files | cut -d/ -f1 | sort -u | grep -vxE "${allowed//./\\.}" || true)"

breach "core uses only itself" "$(includes core 'storage/|projections/|tools/|tests/')"
breach "storage uses only core" "$(includes storage 'projections/|tools/|tests/')"
breach "projections use only storage and core" "$(includes projections 'tools/|tests/')"
breach "tools do not use tests" "$(includes tools 'tests/')"
for folder in core projections; do
  breach "$folder touches neither RocksDB nor the network" "$(includes "$folder" 'rocksdb/|boost/asio|boost/beast')"
done
breach "only storage includes RocksDB" "$(includes tools 'rocksdb/' | grep -v '^tools/bench/' || true)"

breach "Longer than 400 lines" "$(xargs wc -l <<<"$code" | awk '$2 != "total" && $1 > 400')"
breach "Headers without #pragma once" "$(grep '\.hpp$' <<<"$code" | xargs grep -L '^#pragma once' || true)"
breach "Left to be done" "$(xargs grep -nE 'TO''DO|FIX''ME' <<<"$code" || true)"

commands=${CHANCERY_BUILD:?names the build folder}/compile_commands.json
breach "Not built by any target" "$(grep '\.cpp$' <<<"$code" | while read -r file; do
  grep -qF "\"file\": \"$PWD/$file\"" "$commands" || echo "$file"
done)"

[ "$breaches" -eq 0 ] || exit 1
echo "$(wc -l <<<"$code") files are where they belong"
