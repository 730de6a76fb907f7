#!/usr/bin/env bash
# Prints the name of a base image with Python 3.13: python:3.13-slim if it is available locally or can be pulled, otherwise
# an image built with debootstrap from this machine's Debian mirror. Progress goes to standard error.
# Usage: BASE_IMAGE=$(.ci/base-image.sh)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

WANTED=python:3.13-slim
RELEASE=trixie # its python3 is 3.13
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
REPOSITORY=contract-bench/base

have() { docker image inspect "$1" >/dev/null 2>&1; }

# The tag changes with this script and with the machine's certificates, which are part of the image (see below).
own_tag() { printf '%s:py313-%s' "$REPOSITORY" "$(cat "$0" "$CERTIFICATES" | sha256sum | cut -c 1-12)"; }

# Files that a build does not need; about half of the size.
EXCLUDED=(./var/cache/apt ./var/lib/apt/lists ./var/log ./usr/share/doc ./usr/share/man ./usr/share/locale ./usr/share/info ./dev)

build() {
    local root
    root=$(mktemp -d)
    # shellcheck disable=SC2064 # expand now: the variable is local
    trap "rm -rf '$root'" EXIT
    say "building $1 by debootstrap ($RELEASE)"
    retry debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$RELEASE" "$root" "$(debian_mirror)" \
        >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; die "debootstrap failed"; }
    rm -f "$root.log"
    # Behind a proxy with its own certificate, pip must trust what this machine trusts.
    install -m 0644 "$CERTIFICATES" "$root$CERTIFICATES"
    # Do not put the mirror's address into the image.
    rm -f "$root/etc/apt/sources.list"
    tar -C "$root" "${EXCLUDED[@]/#/--exclude=}" -c . | docker import \
        --change "ENV PIP_CERT=$CERTIFICATES SSL_CERT_FILE=$CERTIFICATES LANG=C.UTF-8" \
        --change 'CMD ["python3"]' - "$1" >/dev/null
}

if have "$WANTED" || timeout 120 docker pull --quiet "$WANTED" >/dev/null 2>&1; then
    say "base image: $WANTED"
    echo "$WANTED"
    exit 0
fi
say "$WANTED cannot be pulled here"
apt_install ca-certificates
tag=$(own_tag)
if ! have "$tag"; then
    apt_install debootstrap
    build "$tag"
fi
say "base image: $tag"
echo "$tag"
