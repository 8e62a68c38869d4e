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

# With --serve it goes on, and its last line ends with an address where a browser finds pages.
served=$(mktemp)
trap 'rm -f "$served"' EXIT
CHANCERY_SERVE_LISTEN=127.0.0.1:0 tools/run --serve </dev/null >"$served" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$served"' EXIT
until grep -q '^serving ' "$served"; do
  kill -0 "$server" || { echo "tools/run --serve ended by itself"; exit 1; }
  sleep 0.1
done
url=$(tail -n 1 "$served" | sed 's/.* at //')
curl -fsS -H 'Accept: text/html' "$url/v1/views/prisoners" | grep '<h1>.*prisoners' >/dev/null || { echo "no page at $url"; exit 1; }
kill "$server"
wait "$server" || { echo "the server did not end well"; exit 1; }
echo "tools/run --serve serves pages at its address"
