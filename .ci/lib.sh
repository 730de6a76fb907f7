# Functions for the scripts in this folder. Source it, do not run it.
# shellcheck shell=bash

say() { printf '[ci %s] %s\n' "$(date +%T)" "$*" >&2; }

die() {
    printf '[ci] error: %s\n' "$*" >&2
    exit 1
}

# Tries a command up to three times, because package mirrors fail now and then.
retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        say "attempt $attempt of 3 failed: $1 ${2:-}"
        sleep $((attempt * 2))
    done
    return 1
}

as_root_or_die() {
    command -v apt-get >/dev/null || die "$1 is only automated for Debian. Do it manually."
    [ "$(id -u)" -eq 0 ] || die "$1 requires root. Run this script as root, or do it manually."
}

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

apt_install() {
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ "${#missing[@]}" -gt 0 ] || return 0
    as_root_or_die "Installing ${missing[*]}"
    say "installing ${missing[*]}"
    retry apt-get update -qq
    DEBIAN_FRONTEND=noninteractive retry apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

# Prints the address of this machine's Debian mirror. It may contain a password: never log it.
debian_mirror() {
    local first
    [ -n "$(debian_mirrors)" ] || retry apt-get update -qq
    first=$(debian_mirrors | head -n 1)
    [ -n "$first" ] || die "no Debian mirror is configured in apt on this machine"
    printf '%s' "${first%/}"
}

debian_mirrors() {
    # shellcheck disable=SC2016 # a template for apt, not a command
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' 2>/dev/null || true
}
