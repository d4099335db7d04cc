# Descent: everything one needs to run, test and check it. `make` alone lists the targets.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS   ?=
# The tests start many processes; without compiled modules each would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test kernel check check-python check-page format clean docker

help:  ## list the targets
	@echo "make run      install what the server needs and start it (address and port: DESCENT_HOST, DESCENT_PORT)"
	@echo "make test     run the tests; the browser's too where a Chromium is found (make test ARGS='-k stream')"
	@echo "make check    lint, formatting and types, of the Python code and of the page's"
	@echo "make format   let ruff and biome mend what they can"
	@echo "make docker   build the image descent"
	@echo "make clean    remove the environment, node_modules and every cache"

# --- the environment: each stamp is renewed only when pyproject.toml (or package.json) changes

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Descent needs Python 3.11 or newer; name one with: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make an environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.installed-run: pyproject.toml | $(BIN)/python
	@echo "Installing Descent (once, until pyproject.toml changes)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	@echo "Installing Descent and what its tests need (once, until pyproject.toml changes)"
	@$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/.installed-run

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing Descent, what its tests need and the checkers (once, until pyproject.toml changes)"
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.installed-test $(VENV)/.installed-run

node_modules/.installed: package.json .npmrc
	@echo "Installing the page's checkers (once, until package.json changes)"
	@npm install --loglevel=error >/dev/null
	@touch $@

# Builds where a source or the compiler is new since the last time, also for a folder that pip installed long ago.
kernel: | $(BIN)/python
	@$(BIN)/python build_kernel.py

# --- what one does with it

run: $(VENV)/.installed-run kernel  ## start the server
	@exec $(BIN)/descent serve

# Half of a test's time it waits, for a browser or another process: four at once, on two cores too.
test: $(VENV)/.installed-test kernel  ## run the tests
	@$(BIN)/python -m pytest --numprocesses=4 --dist=worksteal $(ARGS)

check:  ## lint, formatting, types
	@$(MAKE) --no-print-directory --keep-going check-python check-page

# Every tool runs, then the target fails if one did.
check-python: $(VENV)/.installed-dev
	@bad=; \
	$(BIN)/ruff check --quiet . || bad=1; \
	$(BIN)/ruff format --quiet --check . || { echo "Not formatted as ruff does it: make format" >&2; bad=1; }; \
	$(BIN)/mypy --no-error-summary || bad=1; \
	$(BIN)/hadolint Dockerfile || bad=1; \
	test -z "$$bad"
	@echo "Python code, types and Dockerfile: all good"

# The page's checkers need npm. A machine without it can still check the rest; continuous integration may not skip them.
ifneq ($(shell command -v npm),)
check-page: node_modules/.installed
	@bad=; \
	node_modules/.bin/tsc --project tsconfig.json || bad=1; \
	node_modules/.bin/biome check --error-on-warnings --diagnostic-level=warn || bad=1; \
	test -z "$$bad"
	@echo "Page: all good"
else
check-page:
	@echo "npm was not found: the page's modules were NOT checked (tsc and biome come from npm)" >&2
	@test "$(CI)" != true
endif

format: $(VENV)/.installed-dev  ## mend what can be mended
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
ifneq ($(shell command -v npm),)
	@$(MAKE) --no-print-directory node_modules/.installed
	@node_modules/.bin/biome check --write --log-level=warn
endif

docker:  ## build the image
	@docker build --tag descent .

clean:  ## remove everything that can be made again
	@rm -rf $(VENV) node_modules build dist test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@rm -rf engine/kernel/libkernel.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
