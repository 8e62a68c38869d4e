#!/usr/bin/env bash
# conformance_test.sh BINARY
#
# The public conformance cases, where they are at hand: in the folder that CHANCERY_SHARED names, or in ../shared.
set -euo pipefail

cases=${CHANCERY_SHARED:-../shared}/conformance
if [ ! -f "$cases/check.py" ]; then
  echo "SKIPPED: no conformance cases in $cases"
  exit 77
fi
exec python3 "$cases/check.py" "$1"
