# Two commands matter to a newcomer: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_INSTALL := $(UV) pip install --quiet --python $(BIN)/python

# Python starts some hundred times here; where the environment forbids to keep bytecode, each start compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test e2e soak matrix bench bench-full images lint format pages lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | expand -t 12

demo: $(VENV)/.demo ## the whole loop on this machine: no Docker, no network, no HubSpot account
	@$(BIN)/contract-bench demo

test: $(VENV)/.test ## every test; those in containers wherever a Docker engine answers
	$(BIN)/pytest -n 4 --dist loadgroup -m "not e2e"
	$(BIN)/pytest -m e2e

e2e: $(VENV)/.test ## only the tests in containers
	$(BIN)/pytest -m e2e

soak: $(VENV)/.test ## a minute each: parallel clients, many more generated requests, any sequence of changes and crashes
	FAKE_HUBSPOT_SOAK_S=60 $(BIN)/pytest --timeout 300 tests/fidelity/test_parallel_load.py
	SCHEMATHESIS_EXAMPLES=25 $(BIN)/pytest -n 2 --timeout 300 tests/fidelity/test_own_document.py
	CONVERGENCE_SOAK_S=60 $(BIN)/pytest tests/unit/contract_bench/convergence/test_convergence.py

matrix: $(VENV)/.test ## every fault at every place of the service's walk, two to three minutes
	$(BIN)/contract-bench matrix

bench: $(VENV)/.bench ## how it compares with the alternatives, measured side by side: the quick part, under four minutes
	$(BIN)/python -m benchmarks

bench-full: $(VENV)/.bench ## all sizes and all alternatives; rewrites the tables in docs/reference/benchmarks.md
	$(BIN)/python -m benchmarks --full --document

images: ## the three roles' images, tagged latest (BASE_IMAGE=... instead of python:3.13-slim)
	docker compose -f docker-compose.test.yml build

lint: $(VENV)/.test ## format check, lint, types, import rules, cassettes, parity ledger
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/contract-bench lint
	$(BIN)/contract-bench ledger --check

format: $(VENV)/.test ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: $(VENV)/.test ## refresh what commands print into docs/
	$(BIN)/python -m tests.meta.generated
	$(BIN)/contract-bench ledger

lock: $(VENV)/.test ## lock the requirement files anew
	requirements/compile.sh --upgrade

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- installation: locked with hashes, skipped when nothing changed ---

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Python 3.11 or newer is needed, this is %d.%d. Try: make PYTHON=python3.13" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $(UV)

$(VENV)/.demo: $(UV) pyproject.toml requirements/base.txt requirements/service.txt requirements/build.txt
	$(UV_INSTALL) --require-hashes -r requirements/base.txt -r requirements/service.txt -r requirements/build.txt
	$(UV_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.demo requirements/test.txt
	$(UV_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	$(UV_INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@
