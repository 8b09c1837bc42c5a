# A bare machine needs Python 3.11 or later and make; nothing else, and no root.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/run-ready
DEV_READY := $(VENV)/dev-ready
PINS := constraints.txt
# Other people's software that benchmarks compare with, apart from the program; pykep alone brings a gigabyte.
PEERS := .venv-peers
PEERS_READY := $(PEERS)/peers-ready
PEER_PINS := constraints-peers.txt
YEAR := work/reference-year
PLAN := work/plan
FLOWN := work/flown.sqlite

# Evidence that does not ship with the project; tests that need it are skipped by name where it is missing.
SUPERCARGO_DATA ?= $(if $(wildcard ../shared/data),$(abspath ../shared/data),)
export SUPERCARGO_DATA

# Tests of pages need Debian's Chromium. It is installed where we may; elsewhere those tests are skipped by name.
define CHROMIUM
for name in chromium chromium-browser google-chrome-stable google-chrome; do command -v $$name >/dev/null 2>&1 && exit 0; done; \
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
  echo 'installing Chromium for the tests of pages'; \
  { timeout 120 apt-get -qq update && DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -qq install -y --no-install-recommends chromium; } >/dev/null 2>&1 \
    || echo 'Chromium could not be installed: tests of pages will be skipped' >&2; \
else echo 'no Chromium here: tests of pages will be skipped; on Debian: apt-get install chromium' >&2; fi
endef

.PHONY: help setup setup-dev run test lint bench serve clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(RUN_READY) ## the run-time environment in .venv

setup-dev: $(DEV_READY) ## the same with what tests and lint need

run: $(RUN_READY) ## plan the reference year: scenario in work/reference-year, plan and report in work/plan
	$(BIN)/supercargo new $(YEAR) --from reference-year --force
	$(BIN)/supercargo plan $(YEAR) --out $(PLAN) --force

test: $(DEV_READY) ## the tests; names those that were skipped
	$(BIN)/python -m pytest -rs -n auto --dist loadfile

lint: $(DEV_READY) ## format, style and types
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy

bench: $(RUN_READY) $(PEERS_READY) ## what a plan of 12 to 192 missions costs, orbits and messages beside their peers, futures, the event log
	$(BIN)/supercargo bench plan --peers
	$(BIN)/supercargo bench lambert --peers --peer-python $(PEERS)/bin/python
	$(BIN)/supercargo bench sgp4 --peers --peer-python $(PEERS)/bin/python
	$(BIN)/supercargo bench oem --peers --peer-python $(PEERS)/bin/python
	$(BIN)/supercargo bench simulate
	$(BIN)/supercargo bench store

serve: $(RUN_READY) ## the reference year flying, a day in a second, and its pages on http://127.0.0.1:8000; Ctrl-C stops both
	@[ -f $(PLAN)/plan.json ] || $(MAKE) run
	@$(BIN)/supercargo fly $(PLAN) --store $(FLOWN) --by 'Kim Doe' --speed 86400 >work/fly.log 2>&1 & flying=$$!; \
	trap 'kill $$flying 2>/dev/null' EXIT; \
	until [ -f $(FLOWN) ] || ! kill -0 $$flying 2>/dev/null; do sleep 1; done; \
	$(BIN)/supercargo serve --store $(FLOWN)

clean: ## everything made, environment and plans included
	rm -rf $(VENV) $(PEERS) work build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
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
	@$(CHROMIUM)
	@touch $@

$(PEERS)/made: $(VENV)/made
	$(BIN)/python -m venv $(PEERS)
	@touch $@

# A peer that can't be had here is told and skipped; the stamp is left out then, so that it is tried again another time.
$(PEERS_READY): $(PEERS)/made $(PEER_PINS) src/supercargo/bench/pykep_files.py
	@lacking=; for peer in pykep satkit skyfield ccsds-ndm; do \
	  echo "installing $$peer in $(PEERS)"; \
	  $(PEERS)/bin/python -m pip install --disable-pip-version-check --quiet --only-binary :all: --constraint $(PEER_PINS) $$peer \
	    && { [ $$peer != pykep ] || $(PEERS)/bin/python -P src/supercargo/bench/pykep_files.py; } \
	    || { lacking="$$lacking $$peer"; echo "$$peer can't be had here: its comparisons will be skipped" >&2; }; \
	done; \
	[ -n "$$lacking" ] || touch $@
