# Two commands are enough: `make run` to try it, `make test` to check it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --retries 2
NO_NETWORK = { echo "setup: the packages could not be fetched (the lines above say why); is there a network, and does pip reach its package index? Then repeat the command" >&2; exit 1; }
CODE := bot flows worker.py wsgi.py
T ?= tests

.PHONY: help setup browser run test lint check pytest bench drill messages model diagrams pictures lock clean

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: $(VENV)/.dev browser ## make .venv with everything, and a browser for the tests; repeat freely

run: $(VENV)/.runtime ## start it all here: web, worker, clock, simulator; data in var/; PORT=8000
	@exec $(BIN)/python -m bot.local

test: check pytest ## lint, then every test on SQLite and PostgreSQL, with a real browser

lint: check ## ruff, mypy and the message catalogues
	@echo "lint: catalogues"
	@$(BIN)/python -m pytest tests/unit/test_catalogues.py

check: $(VENV)/.dev ## ruff and mypy only
	@echo "lint: ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "lint: not formatted; run: $(BIN)/ruff format ." >&2; exit 1; }
	@echo "lint: mypy"
	@$(BIN)/mypy --strict $(wildcard $(CODE))

pytest: $(VENV)/.dev browser ## only the tests; T=path picks some
	@$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal $(T)

bench: $(VENV)/.dev ## the benchmarks; fails below a bound; P="turns growth" picks some
	@$(BIN)/python -m bench $(P)

drill: $(VENV)/.dev ## a broadcast to 3,000 while everything fails; SEED=7 repeats the faults of a drill
	@$(BIN)/python -m bench.drill $(if $(SEED),--seed $(SEED))

messages: $(VENV)/.dev ## bring the catalogues in locales/ up to what the code says
	@for domain in messages voice pages; do \
	  case $$domain in messages) marks="N_ T_";; voice) marks="N_ S_";; pages) marks="_ gettext N_";; esac; \
	  $(BIN)/pybabel -q extract -F locales/$$domain.cfg --no-default-keywords -k "$$marks" --add-location=file --sort-output -o $(VENV)/$$domain.pot .; \
	  for catalogue in locales/*/LC_MESSAGES/$$domain.po; do \
	    language=$${catalogue#locales/}; language=$${language%%[_/]*}; \
	    $(BIN)/pybabel -q update -D $$domain -i $(VENV)/$$domain.pot -o $$catalogue -l $$language \
	      --width=110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	  done; \
	done
	@git diff --stat -- locales

diagrams: $(VENV)/.runtime ## draw the conversations and the import map into docs/, from the code that runs
	@$(BIN)/python -m tests.docs.drawings

pictures: $(VENV)/.dev browser ## draw the pictures of the README from a local run with sample data
	@$(BIN)/python -m tests.browser.pictures
model: $(VENV)/.runtime ## learn to read from bot/language/data/examples; writes the weights beside them
	@$(BIN)/python -m bot.language.intents.learned.training

lock: $(VENV)/.runtime ## renew both requirements.txt from their .in files
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet uv
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$name.in -o $$name.txt; \
	done

clean: ## remove .venv, caches and the local run's data (var/)
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# The stamps below are older than their requirements exactly when something is to be installed.
$(VENV)/.made:
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "setup: Phsar needs Python 3.11 (found: $$("$(PYTHON)" --version 2>&1)); install it or say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "setup: making $(VENV)"
	@"$(PYTHON)" -m venv --clear $(VENV) \
	  || { echo "setup: this Python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.made
	@echo "setup: installing what the service runs on"
	@$(PIP) -r requirements.txt || $(NO_NETWORK)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "setup: installing what tests and checks need"
	@$(PIP) -r requirements-dev.txt || $(NO_NETWORK)
	@touch $@

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.chromium
