# Start with `make demo` and `make test`. `make help` lists all targets.
PYTHON ?= python3
VENV := .venv
# `make test PYTHON=python3.13` has an environment of its own, .venv-3.13, if .venv was made with another Python.
ifneq ($(origin PYTHON),file)
version_of = $(shell "$(1)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
ifeq ($(filter $(call version_of,$(PYTHON)),$(or $(call version_of,.venv/bin/python),$(call version_of,$(PYTHON)))),)
VENV := .venv-$(call version_of,$(PYTHON))
endif
endif
BIN := $(VENV)/bin
# The programs of an environment hold its path: after the checkout was moved, the environment is made again.
MOVED := $(if $(wildcard $(BIN)/pip),$(if $(shell grep -lF "$(CURDIR)/$(BIN)/" $(BIN)/pip),,FORCE),)
UV := $(BIN)/uv
DISTRIBUTED := -n 4 --dist loadfile --no-loadscope-reorder
# Each process collects all tests, so leave out folders of which none is run.
LOCAL := $(DISTRIBUTED) -m "not e2e and not browser and not clients and not proof" --ignore tests/e2e --ignore tests/browser --ignore tests/clients
LOCAL_TESTS := $(BIN)/pytest $(LOCAL)
# Only their modules are collected: that takes as long as some of the tests.
PROOFS = $$(grep -rlE 'pytest\.mark\.proof|^@given\(' tests --include='test_*.py')
UV_INSTALL := $(UV) pip install --quiet --python $(BIN)/python

# The tests start Python hundreds of times. Without bytecode files, each start would compile everything again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test local proof coverage browser clients screenshots e2e soak matrix mutants bench bench-full dist release images lint format pages docs lock clean

help: ## list all targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | expand -t 12

demo: $(VENV)/.demo ## run the whole loop on this machine, without Docker, network or a HubSpot account
	@$(BIN)/contract-bench demo

test: $(VENV)/.test ## run all tests except the long proofs and real clients; those in containers need a Docker engine
	$(LOCAL_TESTS)
	$(MAKE) --no-print-directory browser
	$(BIN)/pytest -m e2e

local: $(VENV)/.test ## run all tests except the long proofs, real clients, and those in a browser or in containers
	$(LOCAL_TESTS)

# The longest tests are the first in the list: handed out in large portions, all of them would go to one process.
proof: $(VENV)/.test ## run what takes too long for `make local`: broken connectors, convergence, every place of a fault, all examples of hypothesis
	HYPOTHESIS_EXAMPLES=all $(BIN)/pytest -n 4 --dist load --maxschedchunk 2 -m "(proof or hypothesis) and not clients and not e2e and not browser" $(PROOFS)

# The table is printed even if tests fail, which is often when it is wanted. The target then fails with their status.
coverage: $(VENV)/.test ## run the tests without containers, and fail if they take less than 95 % of a package's branches
	rm -rf .coverage && mkdir .coverage
	$(BIN)/coverage run -m pytest -p tests.support.save_coverage $(LOCAL); tests=$$?; \
	$(BIN)/coverage combine --quiet && $(BIN)/coverage json --quiet -o .coverage/report.json \
	&& $(BIN)/python -m tests.meta.branch_coverage .coverage/report.json; table=$$?; \
	if [ $$tests -ne 0 ]; then echo "The tests failed, so the table may lack branches." >&2; exit $$tests; fi; exit $$table

e2e: $(VENV)/.test ## run only the tests in containers
	$(BIN)/pytest -m e2e

browser: $(VENV)/.browser $(VENV)-docs/.ready ## run only the tests in a browser; they need Chromium
	$(BIN)/pytest -m browser

clients: $(VENV)/.test ## run real clients of HubSpot against the fake; they are installed from PyPI and npm
	$(BIN)/pytest -n 2 --dist loadfile -m clients tests/clients

screenshots: $(VENV)/.browser ## take the pictures in docs/images again; the ports 8400 and 9042 must be free
	$(BIN)/python -m tests.browser.screenshots

soak: $(VENV)/.test ## run the long tests, a minute each: parallel clients, generated requests, random changes and crashes
	FAKE_HUBSPOT_SOAK_S=60 $(BIN)/pytest --timeout 300 tests/fidelity/test_parallel_load.py
	SCHEMATHESIS_EXAMPLES=25 $(BIN)/pytest -n 2 --timeout 300 -m proof tests/fidelity/test_own_document.py
	RAW_HTTP_EXAMPLES=2500 $(BIN)/pytest --timeout 300 tests/contract/test_raw_http.py
	CONVERGENCE_SOAK_S=60 $(BIN)/pytest tests/unit/contract_bench/convergence/test_convergence.py
	SIGNAL_TRIES=20 $(BIN)/pytest --timeout 3600 -m proof tests/packaging -k signal
	UPSTREAM_SOAK=1 $(BIN)/pytest -n 2 --timeout 300 tests/unit/contract_bench/matrix/test_upstream.py
	CASSETTE_SOAK_S=60 $(BIN)/pytest --timeout 300 tests/unit/contract_bench/cassettes/test_redaction_anywhere.py

matrix: $(VENV)/.test ## inject every fault at every place of the pulls of the service and of the examples for other APIs
	$(BIN)/contract-bench matrix
	for each in rest_link_headers csv_download offset_and_token; do \
		(cd examples/$$each && PATH="$(abspath $(BIN)):$$PATH" contract-bench matrix) || exit; done

mutants: $(VENV)/.test ## change the code at random and look whether tests fail (PACKAGE=service SAMPLE=60 SEED=1 ONLY=...)
	@$(BIN)/python -m tests.mutation --package "$(PACKAGE)" --sample "$(or $(SAMPLE),60)" --seed "$(or $(SEED),1)" --only "$(ONLY)"

bench: $(VENV)/.bench ## compare with the alternatives, the quick part; takes about five minutes
	$(BIN)/python -m benchmarks

bench-full: $(VENV)/.bench ## compare all sizes and all alternatives, and update docs/reference/benchmarks.md
	$(BIN)/python -m benchmarks --full --document

dist: $(VENV)/.test ## build the source distribution, and from it the wheel, into dist/
	rm -rf dist && $(UV) build --quiet --out-dir dist
	$(BIN)/pytest -q tests/packaging

release: dist ## build, check and upload a release; UV_PUBLISH_TOKEN has the token of the package index
	$(UV) publish dist/*

images: ## build the images of the three roles and of the proxy, tagged latest (BASE_IMAGE=... replaces python:3.13-slim)
	docker compose -f docker-compose.test.yml build
	docker build --file contract_bench/proxy/Dockerfile $(foreach name,BASE_IMAGE PIP_INDEX_URL,$(if $($(name)),--build-arg $(name)="$($(name))")) \
		--tag contract-bench/proxy:latest .

lint: $(VENV)/.test ## check format, lint, types, import contracts, cassettes, the parity ledger, the list of mutants and what git tracks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/contract-bench lint
	$(BIN)/contract-bench ledger --check
	$(BIN)/python -m tests.mutation --check
	@ignored=$$(git ls-files --cached --ignored --exclude-standard 2>/dev/null); [ -z "$$ignored" ] || \
		{ echo "git tracks files that .gitignore names; remove them with 'git rm --cached':"; echo "$$ignored" | head; exit 1; }

format: $(VENV)/.test ## format the code and fix what can be fixed automatically
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: $(VENV)/.test ## refresh what commands print into docs/, and the list of the fake's routes
	$(BIN)/python -m tests.meta.generated
	$(BIN)/python -m tests.unit.fake_hubspot.test_route_table
	$(BIN)/contract-bench ledger

docs: $(VENV)-docs/.ready ## build the documents as a site into .site/html, with search; a wrong link is an error
	$(BIN)/python website/stage.py
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs build --quiet --strict --config-file .site/mkdocs.yml
	@echo "the site: .site/html/index.html"

lock: $(VENV)/.test ## upgrade the locked requirement files
	requirements/compile.sh --upgrade

clean: ## remove the virtual environments and all caches
	rm -rf .venv .venv-* .site .clients .coverage .mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- installation, locked with hashes; skipped if nothing has changed ---

.PHONY: FORCE
$(UV): requirements/uv.txt $(MOVED)
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Python 3.11 or newer is needed, this is %d.%d. Try: make PYTHON=python3.13" % v[:2])'
	"$(PYTHON)" -m venv $(if $(MOVED),--clear )$(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $(UV)

$(VENV)/.demo: $(UV) pyproject.toml requirements/base.txt requirements/service.txt requirements/build.txt
	$(UV_INSTALL) --require-hashes -r requirements/base.txt -r requirements/service.txt -r requirements/build.txt
	$(UV_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.demo requirements/test.txt
	$(UV_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.test requirements/browser.txt
	$(UV_INSTALL) --require-hashes -r requirements/browser.txt
	@touch $@

$(VENV)-docs/.ready: $(UV) requirements/docs.txt
	$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-docs
	$(UV) pip install --quiet --python $(VENV)-docs/bin/python --require-hashes -r requirements/docs.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	$(UV_INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@
