#!/bin/sh
# Makes sure that what the build needs is there: Rust, a C compiler, make and m4 (rug builds GMP and MPFR from
# source). Missing packages are installed through the system's package manager where that is possible without
# asking; otherwise this stops with the one line to type.
set -eu

if ! command -v cargo >/dev/null 2>&1; then
    echo "setup: cargo is missing: install Rust 1.89 or later (rustup, or the system's package 'cargo')" >&2
    exit 2
fi

missing=""
for tool in cc make m4; do
    if ! command -v "$tool" >/dev/null 2>&1; then missing="$missing $tool"; fi
done
[ -n "$missing" ] || exit 0

# The package that brings each tool: cc is called gcc everywhere.
packages=$(echo "$missing" | sed 's/\bcc\b/gcc/')
if command -v apt-get >/dev/null 2>&1; then
    case "$packages" in *gcc*) packages="$packages libc6-dev" ;; esac
    install="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
    refresh="apt-get update"
elif command -v dnf >/dev/null 2>&1; then install="dnf install -y" refresh="true"
elif command -v pacman >/dev/null 2>&1; then install="pacman -S --noconfirm --needed" refresh="true"
elif command -v zypper >/dev/null 2>&1; then install="zypper --non-interactive install" refresh="true"
elif command -v apk >/dev/null 2>&1; then install="apk add" refresh="true"
else
    echo "setup: missing:$missing; no known package manager was found: install them and run this again" >&2
    exit 2
fi

if [ "$(id -u)" -eq 0 ]; then sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo -n"
else
    echo "setup: missing:$missing; type:  sudo $install$packages" >&2
    exit 2
fi

echo "setup: installing$packages" >&2
# shellcheck disable=SC2086 # the commands are lists of words
$sudo $install $packages >&2 || { $sudo $refresh >&2 && $sudo $install $packages >&2; } || {
    echo "setup: could not install$packages; type:  $sudo $install$packages" >&2
    exit 2
}
