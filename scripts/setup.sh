#!/bin/sh
# Makes sure that what the build needs is there: Rust, a C compiler, make and m4 (rug builds GMP and MPFR from
# source). Missing packages are installed through the system's package manager where that is possible without
# asking; otherwise this stops with the one line to type.
set -eu
. "$(dirname "$0")/install.sh"

if ! command -v cargo >/dev/null 2>&1; then
    echo "setup: cargo is missing: install Rust 1.89 or later (rustup, or the system's package 'cargo')" >&2
    exit 2
fi

missing=""
for tool in cc make m4; do
    if ! command -v "$tool" >/dev/null 2>&1; then missing="$missing $tool"; fi
done
[ -n "$missing" ] || exit 0

if ! find_manager; then
    echo "setup: missing:$missing; no known package manager was found: install them and run this again" >&2
    exit 2
fi
# The package that brings each tool: cc is called gcc everywhere.
packages=$(echo "$missing" | sed 's/\bcc\b/gcc/; s/^ //')
case "$manager:$packages" in apt-get:*gcc*) packages="$packages libc6-dev" ;; esac
install setup "$packages"
