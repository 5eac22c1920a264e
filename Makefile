# What one does with Otvet, a word each. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
# Browser stories and everything else share one run, so that its closing line is the last one.
PYTEST_OPTIONS ?= -n 2 --dist loadgroup

.PHONY: help demo run test check format bench fault translations frontend lock venv dev-venv catalogues \
	test-packages check-python check-frontend check-catalogues check-tree

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: catalogues ## start Otvet with demo data and a small shop that has the button on it
	@$(BIN)/flask --app app demo

run: catalogues ## start Otvet with your own data (settings come from the environment)
	@$(BIN)/python serve.py

test: dev-venv catalogues test-packages ## run every test: scripts, Python, sockets, browser
	@scripts/run_script_tests.sh
	@$(BIN)/pytest $(PYTEST_OPTIONS)

check: check-python check-frontend check-catalogues check-tree ## formatting, lint, types, catalogues, bundles, sizes

format: dev-venv ## put Python sources into the house's form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: dev-venv catalogues ## measure the message path, assignment and sizes; prints a table with pass or short
	@$(BIN)/python -m bench

fault: dev-venv catalogues ## kill the server again and again under load and prove that nothing is lost
	@$(BIN)/python -m tests.faults

translations: dev-venv ## collect message ids from the sources into the catalogues and compile them
	@$(BIN)/python -m scripts.update_catalogues
	@$(BIN)/python -m scripts.compile_catalogues
	@$(BIN)/python -m scripts.export_script_catalogues

frontend: node_modules/.package-lock.json dev-venv ## build static/dist and static/vendor from static/src
	@npm run --silent build
	@$(BIN)/python -m scripts.export_script_catalogues

lock: dev-venv ## resolve requirements*.txt anew into the locks (hashes only)
	@scripts/lock_requirements.sh

venv: .venv/.runtime ## make .venv with what running needs

dev-venv: .venv/.development

# Compiled catalogues are not kept in git; this takes a moment and only when a source is newer.
catalogues: venv
	@$(BIN)/python -m scripts.compile_catalogues

.venv/.runtime: requirements.lock scripts/make_environment.sh
	@PYTHON=$(PYTHON) scripts/make_environment.sh requirements.lock
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.lock
	@PYTHON=$(PYTHON) scripts/make_environment.sh requirements-dev.lock
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json
	@scripts/install_node.sh
	@npm ci --silent
	@touch $@

test-packages: node_modules/.package-lock.json
	@scripts/install_test_packages.sh

check-python: dev-venv
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check-frontend: frontend
	@scripts/check_bundles.sh

check-catalogues: dev-venv
	@$(BIN)/python -m scripts.check_catalogues

check-tree: dev-venv
	@$(BIN)/python -m scripts.check_tree
