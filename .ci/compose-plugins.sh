#!/usr/bin/env bash
# Installs `docker compose` (v2) and `docker buildx` as plugins of Docker's client. Debian 12 has neither, so both binaries are
# extracted from Debian 13's packages, without adding Debian 13 to this machine's apt sources. Does nothing if both work.
# Usage: .ci/compose-plugins.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

RELEASE=trixie
PLUGINS=/usr/local/lib/docker/cli-plugins

have_both() { docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

# Creates a separate apt configuration in $1, with this machine's keys and proxies but its own sources, lists and cache.
lay_out_apt() {
    mkdir -p "$1"/{lists,cache/archives/partial,parts}
    touch "$1/status"
    (umask 077 && printf 'deb %s %s main\n' "$(debian_mirror)" "$RELEASE" >"$1/sources.list")
    cat >"$1/apt.conf" <<CONF
Dir::Etc::SourceList "$1/sources.list";
Dir::Etc::SourceParts "$1/parts";
Dir::State::Lists "$1/lists";
Dir::State::Status "$1/status";
Dir::Cache "$1/cache";
APT::Sandbox::User "root";
CONF
}

unpack() {
    local package
    (cd "$1" && APT_CONFIG="$1/apt.conf" retry apt-get download -qq docker-compose docker-buildx)
    for package in "$1"/docker-*.deb; do dpkg -x "$package" "$1/unpacked"; done
    mkdir -p "$PLUGINS"
    install -m 0755 "$1"/unpacked/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$PLUGINS/"
}

if have_both; then
    say "docker compose $(docker compose version --short) and buildx are available"
    exit 0
fi
as_root_or_die "Installing docker compose and buildx"
say "installing docker compose and buildx from Debian $RELEASE"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lay_out_apt "$scratch"
APT_CONFIG="$scratch/apt.conf" retry apt-get update -qq
unpack "$scratch"
have_both || die "docker compose or buildx does not work, although both are in $PLUGINS"
say "docker compose $(docker compose version --short) and $(docker buildx version | cut -d ' ' -f 2) of buildx are available"
