HARDWARE ?= --quick

.PHONY: help demo test test-hardware test-sound test-labels test-browser check bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: ## set up and run the main job on the built-in sample camera
	@scripts/setup run
	@.venv/bin/livecam demo

test: ## set up and run all tests
	@scripts/setup dev
	@scripts/check
	@scripts/test
	@scripts/test-hardware $(HARDWARE)

test-hardware: ## run the tests on real kernel drivers, in a guest
	@scripts/setup dev
	@scripts/test-hardware --required --native

test-sound: ## run the tests on PulseAudio and PipeWire, started for them
	@scripts/setup dev
	@scripts/test-sound --required

test-labels: ## read the label with tesseract after cuts, controls and codecs
	@scripts/setup dev
	@scripts/test-labels --required

test-browser: ## try the studio's page in Chromium, by mouse and by keyboard
	@scripts/setup dev
	@scripts/test-browser --required

check: ## check style, prose, types and imports
	@scripts/setup dev
	@scripts/check

bench: ## measure this machine
	@scripts/setup run
	@.venv/bin/livecam bench

clean: ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .coverage
