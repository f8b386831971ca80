# The whole life of a checkout; `make help` lists it. Only make, git and either uv or Python 3.10 are needed.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: help setup build run test lint lock screenshots clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

setup: $(STAMP) ## install everything into .venv; does nothing when nothing changed

$(STAMP): requirements.lock pyproject.toml .python-version
	./bin/install
	@touch $@

build: $(STAMP) ## check the FAQs, build encoder, index and Rasa model; only what changed
	$(BIN)/faqbot build

run: build ## serve on http://127.0.0.1:5005/
	$(BIN)/faqbot serve

test: build ## all tests
	$(BIN)/python -m pytest
	$(BIN)/rasa test core --stories tests/stories --model models --out build/rasa-test --fail-on-prediction-errors

lint: $(STAMP) ## style, types, import contracts, the files of deploy/
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python deploy/check.py

lock: ## resolve requirements.in again into requirements.lock, and deploy/serving.in into deploy/serving.lock
	$(BIN)/uv pip compile --python 3.10 --generate-hashes --no-emit-index-url requirements.in \
	  --override overrides.txt -o requirements.lock
	$(BIN)/uv pip compile --python 3.10 --generate-hashes --no-emit-index-url deploy/serving.in \
	  --constraint requirements.lock --override deploy/overrides.txt -o deploy/serving.lock

screenshots: $(STAMP) ## draw the pictures of docs/website.md again (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

clean: ## remove what was built; not what was installed, nor run/ with the requests, keys and opt-outs
	rm -rf build models
