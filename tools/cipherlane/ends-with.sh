#!/bin/sh
# Runs a command and says, in words that a test looks for, when it does not end with the code it should.
wanted=$1
shift
"$@"
found=$?
[ "$found" -eq "$wanted" ] || echo "WRONG EXIT CODE: found $found, expected $wanted"
