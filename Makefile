# Everything a developer types. `make help` lists it. Needs only git, make and Python 3.11 or newer.

SHELL := /bin/sh
VENV := .venv
RUN := $(VENV)/bin/python -m
INSTALLED := $(VENV)/installed
ARGS ?=
ONLY ?=

.PHONY: help demo reset manage test test-all lint bench messages lock
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

demo: $(INSTALLED) ## the whole portal at http://localhost:8000 (PORT=8001 for another port); Ctrl-C stops it
	@$(RUN) portal.local.demo

reset: $(INSTALLED) ## forget the demo's data
	@$(RUN) portal.local.reset

manage: $(INSTALLED) ## a management command on the demo's database: make manage ARGS="figure --help"
	@$(RUN) portal.local.manage $(ARGS)

test: $(INSTALLED) ## the tests but the slow ones; ARGS="tests/programs -k deadline" narrows them
	@$(RUN) portal.local.run_tests -m "not slow" $(ARGS)

test-all: $(INSTALLED) ## every test
	@$(RUN) portal.local.run_tests $(ARGS)

lint: $(INSTALLED) ## style, types, layers, templates, security, migrations
	@$(RUN) portal.local.lint

bench: $(INSTALLED) ## benchmarks side by side with bare views; ONLY=name runs one, ONLY="name name" several
	@$(RUN) portal.local.bench $(ONLY)

messages: $(INSTALLED) ## bring the English catalogue (locale/en) up to date with the sources; new strings come empty
	@$(RUN) portal.local.extract

lock: $(INSTALLED) ## pin requirements/*.in anew, with hashes and without host names
	@for name in bootstrap base dev; do \
	  $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade -o requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

# --- The virtual environment: made once, brought up to date when a lock file changes -----------

# Compiled at once: where Python may not write bytecode later, every start would compile all it imports anew.
# First with the certificates this machine trusts (a company's proxy has its own), then with the usual ones.
SYNC := $(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes requirements/dev.txt
export NODE_USE_SYSTEM_CA := 1

# The first Python new enough, or the one in PYTHON.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

$(INSTALLED): requirements/bootstrap.txt requirements/dev.txt
	@[ -n "$(PYTHON)" ] || { echo "error: Python 3.11 or newer is needed; say PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than Python 3.11 or does not run; say PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "error: $(PYTHON) has no venv module (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@$(VENV)/bin/python -c '' 2>/dev/null || { echo "Making $(VENV) …"; $(PYTHON) -m venv --clear $(VENV); }
	@$(VENV)/bin/uv --version >/dev/null 2>&1 || \
	  $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(SYNC) --system-certs 2>/dev/null || $(SYNC)
	@touch $@
