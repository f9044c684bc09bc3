# Two commands to start with: `make demo` and `make test`. They need Python 3.11 or later and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCKED := $(VENV)/locked.stamp
INSTALLED := $(VENV)/installed.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format docs bench lock clean

help:
	@echo 'make demo    make sample data, load it, print figures, serve http://127.0.0.1:8000'
	@echo 'make test    run every test'
	@echo 'make check   formatting, lint, types, import rules, docs that are up to date'
	@echo 'make bench   measure speed against its peers, write docs/benchmarks.md'
	@echo 'make format  put the code into its form'
	@echo 'make docs    write again what the docs take from the code'
	@echo 'make lock    choose the versions of requirements.lock again (some minutes)'
	@echo 'make clean   remove .venv; what was loaded stays'
	@echo
	@echo 'More words for a command go into ARGS: make demo ARGS="--port 8001", make test ARGS=tests/geo.'
	@echo 'Another Python goes into PYTHON: make test PYTHON=python3.12.'

demo: $(INSTALLED)
	@$(BIN)/borough demo $(ARGS)

test: $(INSTALLED)
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check: $(INSTALLED)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict
	@$(BIN)/python -m pytest tests/test_imports.py tests/test_docs.py tests/test_deployment.py

format: $(INSTALLED)
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

docs: $(INSTALLED)
	@$(BIN)/python -m docs.build

bench: $(INSTALLED)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

# pip-compile reads pyproject.toml; every hash of every file is kept, so that the lock holds for each Python and machine.
lock: $(INSTALLED)
	CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe \
		--strip-extras --no-build-isolation --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock pyproject.toml $(ARGS)

clean:
	rm -rf $(VENV)

# The project itself: again when its metadata changed.
$(INSTALLED): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# The packages it needs: again when the lock changed.
$(LOCKED): requirements.lock | $(BIN)/python
	@echo 'Installing the locked packages into $(VENV): a minute or two, this once.'
	@$(PIP) install --require-hashes --no-deps --requirement requirements.lock
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo 'There is no $(PYTHON) here. Install Python 3.11 or later, or name it: make PYTHON=python3.12.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), and 3.11 or later is needed. Name another: make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(PYTHON) cannot make virtual environments. Install its venv package (on Debian and Ubuntu: python3-venv).' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
