# Everything one types here. `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test check fix bench bench-peers screenshots soak clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/.runtime ## Install what Fundstelle needs into .venv

run: setup ## Set up, index corpus/ and open the app
	$(BIN)/qa index corpus
	$(BIN)/qa serve --open

test: setup-test check ## Set up, then run every check and test
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest --cov -n auto --dist loadfile --no-loadscope-reorder

check: setup-test ## Lint and check types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

fix: setup-test ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup-test ## Measure quality and speed on the project's own questions
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.questions

# Where BEIR folders lie, and which of them the comparison runs on.
DATA ?= data
SETS ?= xquad-en-en xquad-docs_de-questions_en xquad-mixed_en_de
PEERS := .venv-peers

bench-peers: setup-test ## Do the same work on LangChain, LlamaIndex, Haystack, txtai and Chroma
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet -r benchmarks/peers/requirements.txt
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.peers $(SETS:%=$(DATA)/%) \
	  --python $(PEERS)/bin/python

screenshots: setup-test ## Take the pictures of the documentation from the running app
	$(BIN)/qa index corpus
	HF_HUB_OFFLINE=1 $(BIN)/python docs/screenshots.py

soak: setup-test ## Run the property tests at length, every kill, and the server under load
	HF_HUB_OFFLINE=1 HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m ""

clean: ## Remove the environment and the caches; the index stays
	rm -rf .venv build dist .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-test: .venv/.test
	@.ci/chromium

# The stamps say that an installation ran to its end, so that it is not begun again (offline, it
# could not be) until a requirement changes.
.venv/.runtime: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Fundstelle needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@echo "Installing into .venv: about 2 GB, some minutes ..."
	@$(INSTALL) -e .
	@touch $@

.venv/.test: .venv/.runtime
	@echo "Installing what the tests need ..."
	@$(INSTALL) -e '.[test]'
	@touch $@
