# Each target sets itself up in a virtual environment of its own; PYTHON chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test gate check lint format bench report clean

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[local]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

run: $(VENV)/.run  ## Ask the embedded model live for a sample of cases, then replay the full record.
	$(BIN)/harness run review_stars --live --limit 60 \
		--arm zero_shot --arm few_shot --arm fine_tuned --arm classical
	$(BIN)/harness run review_stars

test: $(VENV)/.dev  ## All tests, offline.
	$(BIN)/python -m pytest

lint: $(VENV)/.dev  ## Format, lint, types, floors, suites, committed reports.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/harness check
	$(BIN)/harness report --all --check

gate: $(VENV)/.dev  ## Hold every arm of the suites against its baseline, and the gates of their policies.
	$(BIN)/python -m pytest suites --harness-strict
	$(BIN)/harness gate review_stars --preview
	$(BIN)/harness gate order_fields --preview

check: lint gate test  ## What CI and pre-commit run.

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

report: $(VENV)/.dev  ## Regenerate results/*.md from the recorded replies.
	$(BIN)/harness report --all

bench: $(VENV)/.dev  ## Measure what docs/performance.md claims, and rewrite it.
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
