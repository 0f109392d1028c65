#!/bin/sh
# Regenerates the bindings of libc: regenerate.sh [JEXTRACT]
#
# JEXTRACT is the jextract command (openjdk/jextract), by default the one on the PATH. Run on x86-64 Linux with glibc's
# and the kernel's headers installed. What it writes is committed; jextract is not part of the build.
set -eu
cd "$(dirname "$0")"
jextract=${1:-jextract}
headers=src/main/jextract
out=src/main/java
rm -rf "$out/dev/gatun/bindings/linux"
generate() { # package, class, name of the header and of the list of what to include
  "$jextract" --output "$out" -t "$1" --header-class-name "$2" "@$headers/$3.includes" "$headers/$3.h"
}
generate dev.gatun.bindings.linux LibC linux
generate dev.gatun.bindings.linux.x86_64 Machine linux.x86_64
