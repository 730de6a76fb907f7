#!/usr/bin/env bash
# Prints the path of one interpreter for each Python that this project supports (3.11 and newer) and that is found on this
# machine: among pyenv's, uv's and `python3.x` on the PATH. Usage: .ci/pythons.sh [UV]
set -euo pipefail
uv=${1:-uv}

candidates() {
    local minor path
    for path in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python; do printf '%s\n' "$path"; done
    "$uv" python list --only-installed 2>/dev/null | awk '$2 ~ /^\// {print $2}' || true
    for minor in {11..19}; do command -v "python3.$minor" || true; done
}

# An entry may be a shim that leads nowhere, or a Python without ensurepip, which cannot make an environment.
version_of() {
    "$1" -c 'import ensurepip, sys; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

declare -A found=()
while read -r path; do
    [ -x "$path" ] && version=$(version_of "$path") || continue
    [ -n "${found[$version]:-}" ] || found[$version]=$path
done < <(candidates)
for version in "${!found[@]}"; do printf '%s %s\n' "$version" "${found[$version]}"; done | sort -V | cut -d ' ' -f 2-
