#!/usr/bin/env bash
# Starts or stops a Docker engine on a Debian machine that has none. Where an engine answers, `start` does nothing.
# Usage: .ci/engine.sh start | stop
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# The daemon's own pid file, and a mark that it was this script that started it: `stop` ends no other engine.
PIDFILE=/var/run/docker.pid
STARTED=/var/run/contract-bench-dockerd.pid
LOG=${DOCKERD_LOG:-/var/log/contract-bench-dockerd.log}

answers() { timeout 10 docker info >/dev/null 2>&1; }

install_engine() {
    as_root_or_die "Installing a Docker engine" "Start one yourself, or run this as root on Debian."
    apt_install docker.io iptables
}

# A machine that was switched off leaves files which make dockerd believe that it runs already.
remove_stale_files() {
    local file
    for file in "$PIDFILE" /var/run/docker/containerd/containerd.pid; do
        if [ -f "$file" ] && ! kill -0 "$(cat "$file")" 2>/dev/null; then rm -f "$file"; fi
    done
    pgrep -x dockerd >/dev/null || rm -f "$PIDFILE" /var/run/docker.sock
}

wait_until_it_answers() {
    local deadline=$((SECONDS + 60))
    until answers; do
        kill -0 "$1" 2>/dev/null || { tail -n 30 "$LOG" >&2; die "dockerd ended; its log is $LOG"; }
        [ "$SECONDS" -lt "$deadline" ] || { tail -n 30 "$LOG" >&2; die "dockerd did not answer in 60 s; its log is $LOG"; }
        sleep 0.3
    done
}

start() {
    if answers; then
        say "a Docker engine answers: $(docker version --format '{{.Server.Version}}')"
        return 0
    fi
    command -v dockerd >/dev/null || install_engine
    remove_stale_files
    say "starting dockerd (log: $LOG)"
    # A session of its own: Ctrl-C at the terminal must not reach it before the containers are gone.
    setsid dockerd >"$LOG" 2>&1 </dev/null &
    wait_until_it_answers "$!"
    echo "$!" >"$STARTED"
    say "Docker engine $(docker version --format '{{.Server.Version}}') runs"
}

stop() {
    [ -f "$STARTED" ] || return 0
    local pid deadline=$((SECONDS + 30))
    pid=$(cat "$STARTED")
    if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.2; done
        kill -0 "$pid" 2>/dev/null && die "dockerd (pid $pid) did not stop in 30 s; its log is $LOG"
    fi
    rm -f "$STARTED"
    say "the Docker engine that this script started has stopped"
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    *) die "usage: $0 start | stop" ;;
esac
