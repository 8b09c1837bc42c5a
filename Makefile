# A bare machine needs Python 3.11 or later and make; nothing else, and no root.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/run-ready
DEV_READY := $(VENV)/dev-ready
PINS := constraints.txt
YEAR := work/reference-year
PLAN := work/plan

# Evidence that does not ship with the project; tests that need it are skipped by name where it is missing.
SUPERCARGO_DATA ?= $(if $(wildcard ../shared/data),$(abspath ../shared/data),)
export SUPERCARGO_DATA

.PHONY: help setup setup-dev run test lint bench clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(RUN_READY) ## the run-time environment in .venv

setup-dev: $(DEV_READY) ## the same with what tests and lint need

run: $(RUN_READY) ## plan the reference year: scenario in work/reference-year, plan and report in work/plan
	$(BIN)/supercargo new $(YEAR) --from reference-year --force
	$(BIN)/supercargo plan $(YEAR) --out $(PLAN) --force

test: $(DEV_READY) ## the tests; names those that were skipped
	$(BIN)/python -m pytest -rs

lint: $(DEV_READY) ## format, style and types
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy

bench: $(RUN_READY) ## what a plan of 12 to 192 missions costs, stage by stage
	$(BIN)/supercargo bench plan

clean: ## everything made, environment and plans included
	rm -rf $(VENV) work build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@python=; for name in python3.11 python3.12 python3.13 python3 python; do \
	  if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo 'supercargo needs Python 3.11 or later with venv; install it and try again' >&2; exit 1; fi; \
	echo "$$python -m venv $(VENV)"; "$$python" -m venv $(VENV)
	@touch $@

$(RUN_READY): $(VENV)/made pyproject.toml $(PINS)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint $(PINS) --editable .
	@touch $@

$(DEV_READY): $(RUN_READY)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint $(PINS) --editable '.[dev]'
	@touch $@
