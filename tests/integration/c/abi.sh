#!/bin/sh
# abi.sh [--renew] FOLDER: holds the binary interface that the headers in FOLDER/include declare against FOLDER/abi.xml
# and FOLDER/constants.txt, which programs out there were built with. --renew writes both anew: for what was added. What
# was changed or taken away breaks those programs, and belongs into libcipherlane.so.1.
#
# The headers alone are compiled, as a library in which each function is empty: the interface is theirs, whatever the
# real library was compiled with. That this exports the same names is what exports.sh judges.
# Ends with 77 where abigail or the machine of the baseline is missing.
set -eu
renew=no
if [ "$1" = --renew ]; then
    renew=yes
    shift
fi
folder=$1
export LC_ALL=C
command -v abidw >/dev/null && command -v abidiff >/dev/null || { echo "abigail-tools is not installed"; exit 77; }
[ "$(uname -m)" = x86_64 ] || { echo "the baseline is that of x86-64"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

(
    cd "$folder/include"
    for header in cipherlane/c/*.h; do echo "#include <$header>"; done
    cat cipherlane/c/*.h | tr '\n' ' ' | sed 's/CIPHERLANE_API/\n&/g' |
        sed -n 's/^CIPHERLANE_API \([^;]*cipherlane_[a-z0-9_]*([^;]*)\);.*/\1 { __builtin_trap(); }/p'
) >"$scratch/interface.c"
names=$(grep -c '__builtin_trap' "$scratch/interface.c")
[ "$names" -eq "$(grep -c . "$folder/exports.txt")" ] || { echo "$names functions in the headers, others in exports.txt"; exit 1; }
${CC:-cc} -std=c11 -g -gdwarf-4 -O0 -w -shared -fPIC -Wl,-soname,libcipherlane.so.0 -I"$folder/include" \
    -o "$scratch/libcipherlane.so.0" "$scratch/interface.c"
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --short-locs --no-architecture --no-parameter-names \
    --no-elf-needed --no-write-default-sizes --type-id-style hash --out-file "$scratch/abi.xml" "$scratch/libcipherlane.so.0"
grep -ohE 'CIPHERLANE_[A-Z0-9_]+ = -?[0-9]+|^#define CIPHERLANE_[A-Z0-9_]+ [A-Z0-9_]+$' "$folder"/include/cipherlane/c/*.h |
    sort >"$scratch/constants.txt"

if [ $renew = yes ]; then
    cp "$scratch/abi.xml" "$scratch/constants.txt" "$folder/"
    exit 0
fi
diff "$folder/constants.txt" "$scratch/constants.txt" || failed=yes
abidiff --no-show-locs "$folder/abi.xml" "$scratch/abi.xml" || failed=yes
if [ "${failed:-no}" = yes ]; then
    echo "the binary interface of libcipherlane.so.0 is not that of the baseline; for additions alone: $0 --renew $folder"
    exit 1
fi
