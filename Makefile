# Needs Python >= 3.11, git and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
WHEELS := .venv/wheels
.DEFAULT_GOAL := check
.PHONY: setup wheels check test lint prove docs docs-check serve bench bench-every-kind load lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "archwright needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@echo "Installing into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[app]' --group dev
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m app.cli "$$@"\n' > $(BIN)/hoc && chmod +x $(BIN)/hoc
	@touch $@

wheels: $(STAMP)         ## applications that tests look at: downloaded, never installed; without an index those tests are skipped
	@cmp -s tests/e2e/wheels.txt $(WHEELS)/complete || { mkdir -p $(WHEELS) && $(BIN)/python -m pip download -q \
	  --disable-pip-version-check --retries 1 --no-deps --only-binary :all: --require-hashes -r tests/e2e/wheels.txt -d $(WHEELS) \
	  && cp tests/e2e/wheels.txt $(WHEELS)/complete; } || echo "The wheels of tests/e2e/wheels.txt cannot be had: their tests are skipped"

check: $(STAMP)          ## archwright check on this repository
	@$(BIN)/archwright check

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/archwright check --strict

prove: $(STAMP)          ## break the code in memory: every contract must notice
	$(BIN)/archwright prove --record reports/proofs.json

docs: prove              ## write reports/ and docs/kinds/ from the facts
	$(BIN)/archwright docs
	$(BIN)/archwright kinds --output docs/kinds --cases tests/corpus

docs-check: prove
	$(BIN)/archwright docs --check
	$(BIN)/archwright kinds --output docs/kinds --cases tests/corpus --check

test: lint prove docs-check wheels  ## everything CI runs
	$(BIN)/pytest -n 2

serve: $(STAMP)          ## the HTTP service on the embedded database
	$(BIN)/hoc serve

bench: $(STAMP)          ## make bench TREE=path/to/package
	$(BIN)/python -m benchmarks.bench $(TREE)

bench-every-kind: $(STAMP) ## all kinds of contract over the standard library, or TREE=path: time, memory, what does not end
	$(BIN)/python -m benchmarks.every_kind $(TREE)

load: $(STAMP)           ## the service under load on SQLite and PostgreSQL
	$(BIN)/python -m benchmarks.load

lock:                    ## re-resolve constraints.txt from pyproject.toml
	rm -rf .venv && $(PYTHON) -m venv .venv && $(BIN)/python -m pip install -q "pip>=25.1"
	$(BIN)/python -m pip install -q -e '.[app]' --group dev
	{ echo "# Every package the tools and the governed system are tested with. Regenerate: make lock"; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.txt

clean:
	rm -rf .venv .archwright_cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
