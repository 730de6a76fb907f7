#!/usr/bin/env bash
# Starts or stops a Docker engine on a Debian machine that has none. If an engine is already running, `start` does nothing.
# Usage: .ci/engine.sh start | stop
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# The daemon's own pid file, and a file that marks the engine as started by this script: `stop` stops no other engine.
PIDFILE=/var/run/docker.pid
STARTED=/var/run/contract-bench-dockerd.pid
LOG=${DOCKERD_LOG:-/var/log/contract-bench-dockerd.log}

answers() { timeout 10 docker info >/dev/null 2>&1; }

# Prints the program of a pid, or nothing if it has ended, including zombies (state Z).
program() { awk '/^Name:/ {name = $2} /^State:/ {state = $2} END {if (state != "Z") print name}' "/proc/$1/status" 2>/dev/null || true; }

# After a power-off, pid files remain. dockerd refuses to start if such a pid now belongs to another program.
remove_stale_files() {
    local pair
    for pair in "$PIDFILE dockerd" "/var/run/docker/containerd/containerd.pid containerd"; do
        if [ -f "${pair% *}" ] && [ "$(program "$(cat "${pair% *}")")" != "${pair#* }" ]; then rm -f "${pair% *}"; fi
    done
}

wait_until_it_answers() {
    local deadline=$((SECONDS + 60))
    until answers; do
        [ -n "$(program "$1")" ] || { tail -n 30 "$LOG" >&2; die "dockerd exited; see $LOG"; }
        [ "$SECONDS" -lt "$deadline" ] || { tail -n 30 "$LOG" >&2; die "dockerd did not answer within 60 s; see $LOG"; }
        sleep 0.3
    done
}

start() {
    if answers; then
        say "a Docker engine is running: $(docker version --format '{{.Server.Version}}')"
        return 0
    fi
    command -v dockerd >/dev/null || apt_install docker.io iptables
    as_root_or_die "Starting a Docker engine"
    remove_stale_files
    say "starting dockerd (log: $LOG)"
    # Use a new session, so that Ctrl-C does not stop the engine before the containers are removed.
    setsid dockerd >"$LOG" 2>&1 </dev/null &
    wait_until_it_answers "$!"
    echo "$!" >"$STARTED"
    say "Docker engine $(docker version --format '{{.Server.Version}}') started"
}

# Prints nothing unless it fails, because it runs after the tests' summary.
stop() {
    [ -f "$STARTED" ] || return 0
    local pid deadline=$((SECONDS + 30))
    pid=$(cat "$STARTED")
    if [ "$(program "$pid")" = dockerd ]; then
        kill "$pid"
        while [ -n "$(program "$pid")" ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
        [ -z "$(program "$pid")" ] || die "dockerd (pid $pid) did not stop within 30 s; see $LOG"
    fi
    rm -f "$STARTED"
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    *) die "usage: $0 start | stop" ;;
esac
