# The commands of the project. `make` alone lists them; CONTRIBUTING.md explains them.
#
# config/install.py does the setting up and does only what is not done yet, so every
# target may ask for it. PYTHON chooses the interpreter (3.11 or newer) and ARGS is handed
# on: make test ARGS="tests/audit -x".

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install run test check style types layers soak lock clean python tools

help:
	@echo "make install   set up everything that running needs"
	@echo "make run       set up, then serve a demonstration with the real roster"
	@echo "make check     style, types and layers"
	@echo "make test      set up the tests' parts, make check, then every test"
	@echo "make soak      the long tests (hours of simulated load)"
	@echo "make lock      write the locks anew (UPGRADE=1: with newer versions)"
	@echo "make clean     remove what was built and installed; data in var/ stays"

python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python 3.11 or newer is needed: apt-get install python3" >&2; exit 1; }

install: python
	@$(PYTHON) -m config.install run

tools: python
	@$(PYTHON) -m config.install check

run: install
	@exec $(BIN)/bagalau serve --demo $(ARGS)

test: python
	@$(PYTHON) -m config.install test
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

# --keep-going: one run tells everything that is wrong, not only the first thing.
check: tools
	@$(MAKE) --no-print-directory --keep-going style types layers

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy app config $(wildcard wsgi.py)

layers:
	$(BIN)/lint-imports --no-cache

soak: python
	@$(PYTHON) -m config.install test
	$(BIN)/python -m pytest -m soak $(ARGS)

lock: tools
	@$(BIN)/python -m config.relock $(if $(UPGRADE),--upgrade)

clean:
	rm -rf .venv app/web/assets/node_modules build *.egg-info app/web/static/built
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(wildcard app config migrations tests) -name __pycache__ -type d -prune -exec rm -rf {} +
	find app -name '*.mo' -delete
