# make demo    cars travel from quota grant to deregistration after export; then the ledger is verified
# make test    the tests                     (ARGS="-k merkle", ARGS=--cov: passed on to pytest)
# make check   lint, form, types, one-way imports
# make vectors the published test vectors    (QUOTA_LEDGER_VECTORS=DIR)
# make docs    the reference pages that are made from the code
# make fuzz    thousands of requests made from docs/openapi.json, in every role  (QUOTA_LEDGER_FUZZ=N)
# make lock    both requirement files anew   (ARGS=--upgrade raises what is pinned)
#
# Each sets up .venv by itself when it is absent or when a lock or pyproject.toml changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QUOTA_LEDGER_VECTORS ?= ../shared/vectors

PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-annotate --no-emit-index-url --custom-compile-command "make lock"

.DELETE_ON_ERROR:
.PHONY: demo test check docs vectors fuzz lock

demo: $(VENV)/.ready-run
	@$(BIN)/quota-ledger demo $(if $(DB),--db '$(DB)') $(ARGS)

test: $(VENV)/.ready-dev
	@.ci/pages
	@$(BIN)/pytest --numprocesses=auto $(ARGS)

check: $(VENV)/.ready-dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

docs: $(VENV)/.ready-dev
	@$(BIN)/python -m api.docs
	@$(BIN)/python -m api.http.write_docs docs

vectors: $(VENV)/.ready-dev
	@QUOTA_LEDGER_VECTORS='$(abspath $(QUOTA_LEDGER_VECTORS))' $(BIN)/pytest -m vectors $(ARGS)

fuzz: $(VENV)/.ready-dev
	@$(BIN)/pytest -m fuzz -x tests/api/http/test_contract.py $(ARGS)

# The run-time lock constrains the other one: tests see the versions that users run.
lock: $(VENV)/.ready-dev
	@$(UV_COMPILE) $(ARGS) --group setup --output-file requirements.txt pyproject.toml
	@$(UV_COMPILE) $(ARGS) --group dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml
	@echo "requirements.txt and requirements-dev.txt are written"

# A stamp is touched last: a set-up that was interrupted starts again. The developers' environment
# holds the run-time one, so it sets both stamps.
$(VENV)/.ready-run: requirements.txt pyproject.toml
	$(call set_up,requirements.txt)
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt pyproject.toml
	$(call set_up,requirements-dev.txt)
	@touch $(VENV)/.ready-run $@

define set_up
@echo "Setting up $(VENV) from $(1) (once)"
@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11")'
@$(PYTHON) -m venv $(VENV)
@$(PIP) install --require-hashes --requirement $(1)
@$(PIP) install --no-deps --no-build-isolation --editable .
endef
