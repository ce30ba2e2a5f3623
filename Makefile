PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run up down test faults check bench screenshots setup format generate requirements system-packages

help: ## this list
	@echo 'Gerai, the software of a public service mall. First: make run'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the whole mall in one process: portal at http://127.0.0.1:8000
	@tools/system_packages.sh --optional voice
	@tools/setup.sh runtime
	@exec $(PYTHON) -m gerai_allinone

up: ## the real thing on this machine: RabbitMQ, PostgreSQL, one process a role (Ctrl-C ends it)
	@tools/system_packages.sh servers
	@tools/system_packages.sh --optional voice
	@tools/setup.sh runtime
	@exec $(PYTHON) -m gerai_allinone.topology up

down: ## end what a `make up` elsewhere started
	@tools/setup.sh runtime
	@exec $(PYTHON) -m gerai_allinone.topology down

test: ## checks, unit, contract, integration, deploy, faults, browser
	@tools/system_packages.sh servers browser voice
	@tools/setup.sh all
	@exec $(PYTHON) tools/test_all.py

faults: ## of the tests only these: kill, stop, starve and flood the real topology under load
	@tools/system_packages.sh servers
	@tools/setup.sh all
	@exec $(PYTHON) tools/test_all.py --only faults,release

check: ## what to run before each commit: style, types, import contracts, unit tests
	@tools/setup.sh all
	@exec $(PYTHON) tools/test_all.py --only lint,format,types,imports,unit

bench: ## speed on the real topology, as ratios against baselines
	@tools/system_packages.sh servers
	@tools/setup.sh all
	@exec $(PYTHON) -m bench

screenshots: ## pictures of the README (ALL=folder: of all main pages at 390, 1280 and 1920 pixels)
	@tools/system_packages.sh browser
	@tools/setup.sh all
	@exec $(PYTHON) -m tools.screenshots $(if $(ALL),--all $(ALL))

setup: ## .venv with everything pinned (the others do it by themselves)
	@tools/setup.sh all

format: ## let ruff put the code in order
	@tools/setup.sh all
	@.venv/bin/ruff check --quiet --fix-only . && .venv/bin/ruff format .

generate: ## docs/events.md, AsyncAPI, OpenAPI and JSON Schemas from the code
	@tools/setup.sh all
	@exec $(PYTHON) -m tools.generate

requirements: ## pin requirements/*.in anew (UPGRADE=1: to the newest versions)
	@tools/requirements.sh $(if $(UPGRADE),--upgrade)

system-packages: ## RabbitMQ, PostgreSQL, Chromium and espeak-ng from the system's packages, if missing
	@tools/system_packages.sh servers browser voice
