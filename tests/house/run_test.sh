#!/usr/bin/env bash
# run_test.sh BINARY
#
# tools/run ends by itself, makes build/minsk anew, and leaves a ledger of the user's alone.
set -euo pipefail

if ! [ "$1" -ef build/chancery ]; then
  echo "SKIPPED: tools/run shows build/chancery, which is not the program under test"
  exit 77
fi

mkdir -p build/minsk
touch build/minsk/left-from-before
user_ledger() { [ ! -e ledger ] || find ledger -printf '%p %s %T@\n' | sort; }
before=$(user_ledger)
shown=$(tools/run </dev/null)
[ ! -e build/minsk/left-from-before ] || { echo "build/minsk was not made anew"; exit 1; }
[ "$(user_ledger)" = "$before" ] || { echo "./ledger was touched"; exit 1; }
[ -n "$shown" ] || { echo "nothing was shown"; exit 1; }
[ "$(build/chancery --ledger build/minsk log --count --format json | tr -d ' ')" != "" ]
