#!/usr/bin/env bash
# Installs Chromium from Debian's packages, for the tests in a browser. Does nothing if there is one.
# Usage: .ci/browser.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then
        say "$("$name" --version 2>/dev/null || printf '%s' "$name") is available"
        exit 0
    fi
done
apt_install chromium
