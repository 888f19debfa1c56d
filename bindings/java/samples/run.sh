#!/bin/sh
# run.sh ADDRESS PROFILE, or ADDRESS ADDRESS PROFILE: the sample for one unit, or for two, as the tests run it.
set -eu
case "$2" in
    *:*) class=FrontSample ;;
    *) class=TranslatePinSample ;;
esac
exec "$CIPHERLANE_JAVA" -Dcipherlane.jni="$CIPHERLANE_JNI" -cp "$CIPHERLANE_CLASSES" "$class" "$@"
