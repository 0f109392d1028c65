#!/bin/sh
# Regenerates the bindings of libc: regenerate.sh JEXTRACT ARM64-HEADERS
#
# JEXTRACT is the jextract command (openjdk/jextract). Run on x86-64 Linux with clang, and glibc's and the kernel's headers
# installed; ARM64-HEADERS is a folder into which Debian's libc6-dev and linux-libc-dev for arm64 have been unpacked.
# What it writes is committed; jextract is not part of the build.
set -eu
[ $# = 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2; }
jextract=$1
arm64=$(cd "$2" && pwd)
cd "$(dirname "$0")"
headers=$PWD/src/main/jextract
out=$PWD/src/main/java
rm -rf "$out/dev/gatun/bindings/linux"
generate() { # class, name of the header and of the list of what to include
  "$jextract" --output "$out" -t dev.gatun.bindings.linux --header-class-name "$1" "@$headers/$2.includes" "$headers/$2.h"
}
generate LibC linux
generate X86_64 linux.x86_64
# jextract passes on to clang what stands in this file of the current folder.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '%s\n' --target=aarch64-linux-gnu -nostdinc -isystem "$(clang -print-resource-dir)/include" \
  -isystem "$arm64/usr/include/aarch64-linux-gnu" -isystem "$arm64/usr/include" >compile_flags.txt
generate AArch64 linux.aarch64
