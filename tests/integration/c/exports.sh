#!/bin/sh
# exports.sh LIBRARY FOLDER: holds what the library exports against FOLDER/exports.txt and against what the headers in
# FOLDER/include declare; each name has the symbol version CIPHERLANE_0, and the soname is libcipherlane.so.0.
set -eu
library=$1 folder=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C
nm -D --defined-only "$library" | sed 's/.* //' | grep -v '^CIPHERLANE_0$' | sort >"$scratch/versioned"
sed 's/@@CIPHERLANE_0$//' "$scratch/versioned" >"$scratch/exported"
if grep -v '@@CIPHERLANE_0$' "$scratch/versioned"; then
    echo "exported without the symbol version"
    exit 1
fi
cat "$folder"/include/cipherlane/c/*.h | tr '\n' ' ' | sed 's/CIPHERLANE_API/\n&/g' |
    sed -n 's/^CIPHERLANE_API [^(]*[ *]\(cipherlane_[a-z0-9_]*\)(.*/\1/p' | sort >"$scratch/declared"
diff "$folder/exports.txt" "$scratch/exported"
diff "$folder/exports.txt" "$scratch/declared"
readelf -d "$library" | grep -q 'SONAME.*\[libcipherlane\.so\.0\]'
