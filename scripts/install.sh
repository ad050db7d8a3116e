# Sourced by the other scripts: `install WHO PACKAGES` installs system packages, or stops with the one line to type.
# Needs $manager from `find_manager`, which fails if there is none that we know.

find_manager() {
    for manager in apt-get dnf pacman zypper apk; do
        if command -v "$manager" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

install() {
    who=$1 packages=$2 refresh=true
    case "$manager" in
        apt-get)
            command="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
            refresh="apt-get update"
            ;;
        dnf) command="dnf install -y" ;;
        pacman) command="pacman -S --noconfirm --needed" ;;
        zypper) command="zypper --non-interactive install" ;;
        apk) command="apk add" ;;
    esac
    if [ "$(id -u)" -eq 0 ]; then sudo=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo -n"
    else
        echo "$who: missing: $packages; type:  sudo $command $packages" >&2
        exit 2
    fi
    echo "$who: installing $packages" >&2
    # shellcheck disable=SC2086 # the commands are lists of words
    $sudo $command $packages >&2 || { $sudo $refresh >&2 && $sudo $command $packages >&2; } || {
        echo "$who: could not install $packages; type:  $sudo $command $packages" >&2
        exit 2
    }
}
