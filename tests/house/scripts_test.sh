#!/usr/bin/env bash
# scripts_test.sh BINARY
#
# Every script parses, can be run, says what it promises and stops at its first error; wrong calls are refused with status
# 2; and tools/build does nothing the second time.
set -euo pipefail

wrong() {
  echo "$*"
  exit 1
}

scripts=$(grep -rlE '^#!/usr/bin/env bash' tools tests .ci)
[ "$(wc -l <<<"$scripts")" -ge 8 ] || wrong "too few scripts found: $scripts"
for script in $scripts tools/lib/*.sh; do
  bash -n "$script" || wrong "$script does not parse"
done
for script in $scripts; do
  [ -x "$script" ] || wrong "$script is not executable"
  sed -n 2p "$script" | grep -qE '^# [A-Za-z]' || wrong "$script does not begin with what it promises"
  grep -qE '^set -euo pipefail$' "$script" || wrong "$script goes on after an error"
done

# refused COMMAND...: it ends with status 2, names what was found, and prints nothing on stdout.
refused() {
  local status=0 out
  out=$("$@" 2>"$messages") || status=$?
  [ "$status" -eq 2 ] && [ -z "$out" ] && [ -s "$messages" ] ||
    wrong "$*: status $status, stdout '$out', stderr '$(cat "$messages")'"
}
messages=$(mktemp)
trap 'rm -f "$messages"' EXIT
refused tools/build --nonsense
refused tools/build --preset nonsense
refused tools/build --target
refused tools/run --nonsense

# Only where the program under test is the one that tools/build makes: else this would compile it anew.
[ "$1" -ef build/chancery ] || exit 0
before=$(stat -c '%i %Y' build/chancery)
tools/build 2>"$messages"
tools/build 2>"$messages"
[ "$(cat "$messages")" = "build/chancery is up to date" ] || wrong "a second tools/build said: $(cat "$messages")"
[ "$(stat -c '%i %Y' build/chancery)" = "$before" ] || wrong "a second tools/build made the program again"
