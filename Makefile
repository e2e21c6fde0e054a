# make demo      try it: a floor with made-up leads, on a fresh machine too
# make test      all that has to hold before a change is handed in
# make format    put the sources into form
# make messages  collect the texts for the translators, compile what they wrote
# make pictures  take the pictures of the docs anew
# make bench     measure speed and bytes
# make server    both forms of a shared server, every refusal with a real sshd; as root on Linux
# make storm     kill writers and ssh sessions at random and look that nothing is lost; as root on Linux, all of it
# make clean     remove what the tools left behind

PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --compile
BABEL := $(BIN)/pybabel --quiet

.PHONY: help demo test format messages pictures bench server storm clean
.DELETE_ON_ERROR:

help:
	@sed -n 's|^# make|make|p' Makefile

demo: $(VENV)/.installed
	@$(BIN)/python -m compileall -q funnel.py models themes tui
	@$(BIN)/callfloor demo

test: $(VENV)/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/pytest -n $(WORKERS)

format: $(VENV)/.developing
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

messages: $(VENV)/.developing
	@mkdir -p build
	$(BABEL) extract --keyword=counted:1,2 --keyword=marked --no-location --output-file=build/callfloor.pot tui
	$(BABEL) update --domain=callfloor --input-file=build/callfloor.pot --output-dir=tui/locales \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BABEL) compile --domain=callfloor --directory=tui/locales

pictures: $(VENV)/.developing
	$(BIN)/python -m docs.take_pictures

bench: $(VENV)/.developing
	$(BIN)/python -m benchmarks

server: $(VENV)/.developing
	SERVER_FORMS=all $(BIN)/pytest tests/server

storm: $(VENV)/.developing
	$(BIN)/python -m benchmarks.storm

clean:
	rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache snapshot_report.html
	find . -name $(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# What is installed follows pyproject.toml. pip compiles what it installs, whatever PYTHONDONTWRITEBYTECODE says.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.developing: pyproject.toml | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "callfloor needs Python 3.11 or newer; say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) has no venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
