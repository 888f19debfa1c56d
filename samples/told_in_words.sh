#!/bin/sh
# told_in_words.sh ADDRESS PROFILE PROGRAM [ARGUMENT…]: at a unit that refuses to make keys the program says so in a line
# on standard error and ends with 1: no stack of an exception, no success.
set -eu
unit=$1 profile=$2
shift 2
said=$(mktemp)
trap 'rm -f "$said"' EXIT
code=0
"$@" "$unit" "$profile" 2>"$said" || code=$?
cat "$said"
[ $code -eq 1 ] || { echo "ended with $code, expected 1"; exit 1; }
[ "$(wc -l <"$said")" -eq 1 ] || { echo "expected one line"; exit 1; }
grep -q "peer's code 41" "$said" || { echo "expected the unit's code"; exit 1; }
