#!/bin/sh
# Locks every requirement file with hashes and without an index URL. Usage: requirements/compile.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."
compile() {
    out=$1; shift
    "${UV:-.venv/bin/uv}" pip compile --quiet --generate-hashes --universal --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "requirements/$out.txt" "$@"
}
compile uv requirements/uv.in "$@"
compile build requirements/build.in "$@"
compile base pyproject.toml "$@"
compile service requirements/service.in -c requirements/base.txt "$@"
compile test pyproject.toml requirements/test.in -c requirements/base.txt -c requirements/service.txt -c requirements/build.txt "$@"
compile docs requirements/docs.in "$@"
compile browser requirements/browser.in -c requirements/test.txt "$@"
compile bench pyproject.toml requirements/bench.in -c requirements/test.txt "$@"
# The alternatives in the benchmarks and the clients of HubSpot in tests/clients. Each has an environment of its own,
# independent of our requirements.
for wanted in requirements/alternatives/*.in requirements/clients/*.in; do
    out=${wanted#requirements/}
    compile "${out%.in}" "$wanted" "$@"
done
