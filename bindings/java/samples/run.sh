#!/bin/sh
# run.sh ADDRESS PROFILE, ADDRESS ADDRESS PROFILE, or TILL.toml: the sample for one unit, for two, or for a till, as the
# tests run it.
set -eu
case "$1:${2-}" in
    *.toml:*) class=TillSample ;;
    *:*:*:*) class=FrontSample ;;
    *) class=TranslatePinSample ;;
esac
exec "$CIPHERLANE_JAVA" -Xcheck:jni -Dcipherlane.jni="$CIPHERLANE_JNI" -cp "$CIPHERLANE_CLASSES" "$class" "$@"
