# Two commands do everything: `make run` and `make test`. Both work on a fresh machine with Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := app.py xero_onboard tests

.PHONY: run test check bench format pictures words lock help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run-ready ## Start the site, its worker and the practice Xero
	@$(BIN)/python app.py

test: $(VENV)/test-ready ## Check everything that must hold
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest --numprocesses=2

check: $(VENV)/test-ready ## Check format, lint, types, floors and templates, without running anything
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --check --lint templates xero_onboard/sandbox/templates

format: $(VENV)/test-ready ## Put the sources into shape
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/djlint --quiet --reformat templates xero_onboard/sandbox/templates

bench: $(VENV)/test-ready ## Measure search in a library of ten thousand guides, beside named peers
	@$(BIN)/uv pip install --quiet --no-deps --target instance/bench/peers -r tests/bench/requirements.txt
	@$(BIN)/python -m tests.bench.search

pictures: $(VENV)/test-ready ## Take the guides' pictures anew from the running site and sandbox
	@$(BIN)/python -m tests.pictures

words: $(VENV)/test-ready ## Write the texts of readers' pages that are new into the catalogue of each language
	@mkdir -p instance
	@$(BIN)/pybabel --quiet extract -F xero_onboard/translations/extraction.cfg -k marked -k later --add-location=file -o instance/texts.pot .
	@for each in xero_onboard/translations/*.po; do \
	  $(BIN)/pybabel --quiet update -i instance/texts.pot -o $$each -l $$(basename $$each .po | sed 's/-\(.*\)/_\U\1/') \
	    --no-wrap --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete; \
	done

lock: $(VENV)/test-ready ## Write both requirements.txt anew, with hashes, from what requirements.in asks for
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header tests/requirements.in -o tests/requirements.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it with PYTHON=…")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot make a virtual environment; on Debian and Ubuntu add what it lacks: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run-ready: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the site needs (once, about half a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/test-ready: tests/requirements.txt | $(VENV)/run-ready
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --use-pep517 -r tests/requirements.txt
	@touch $@
