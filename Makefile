# `make` alone lists the targets. Everything is done with the Python of .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo format lint test test-fast explore bench chaos schemas words

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup: $(STAMP)  ## make .venv and install what is pinned (instant when nothing changed)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Tillwatch needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
# the pip of Python 3.11 tries 900 tags on each of 140,000 files: 60 s of CPU instead of 39
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile --quiet pip==26.3
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]'
# pip would compile on one core, and also what is rarely or never imported
	$(BIN)/python -m compileall -q -j 0 \
	  -x '/(tests?|pip|setuptools|mypyc?|matplotlib|fontTools)/' $(VENV)/lib
	@touch $@

demo: setup  ## start everything on this machine; SECONDS=60 ends by itself, FRESH=1 starts over
	@$(BIN)/tillwatch demo $(if $(filter-out 0,$(SECONDS)),--seconds $(SECONDS)) $(if $(filter-out 0,$(FRESH)),--fresh)

format: setup  ## format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lint: setup  ## ruff and mypy strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: setup  ## every test, with real Kafka, store and browser
# after a killed process pytest-xdist waits for ever, unless it may start no other: then it ends and says so
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

test-fast: setup  ## tests without services, under a minute
	$(BIN)/python -m pytest -m 'not services'

explore: setup  ## property tests with new examples; RUNS=10
	for run in $$(seq $(or $(RUNS),1)); do \
	  $(BIN)/python -m pytest -q -m 'not services' --hypothesis-profile=explore || exit 1; done

bench: setup  ## all benchmarks in one table, each figure beside its bar; BENCH=name runs one
	@$(BIN)/python -m benchmarks $(or $(BENCH),every)

chaos: setup  ## kill every process at the worst moments, then look for loss; KILLS=100 SEED=1
	@$(BIN)/python -m benchmarks chaos --kills $(or $(KILLS),20) --seed $(or $(SEED),1)

schemas: setup  ## export the JSON Schemas and the tables of topics, metrics and series
	$(BIN)/python -m schemas.export
	$(BIN)/tillwatch metrics page docs/series.md

words: setup  ## collect what people read on the console into its catalogues
	$(BIN)/python -m console.catalogue
