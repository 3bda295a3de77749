# Two commands on a fresh machine: `make demo` and `make test`. Each sets up a virtual environment in .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_WORKERS ?= 2

.PHONY: demo test test-all quick-tests all-tests sanitize web wheels lint style types format docs man bench clean

LIBRARY_SOURCES := $(wildcard codec/native/src/*) $(addprefix codec/native/, build.py isa.py platforms.py sources.py) codec/page/build.py

$(READY): pyproject.toml setup.py codec/version.py $(LIBRARY_SOURCES)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gvc needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(READY)  ## the main job on a bundled sample: encode, decode, table of bytes and quality, contact sheet
	$(BIN)/python -m benchmarks.demo

lint: style types

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# The tests start hundreds of Python processes, which find what the first one has compiled.
test test-all: export PYTHONDONTWRITEBYTECODE :=

test: style  ## style, types, and all tests but the slow ones, with the same examples each time
	$(MAKE) --jobs=2 types quick-tests

test-all: style  ## the slow tests too, and new examples
	$(MAKE) --jobs=2 types all-tests

quick-tests: $(READY)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal --hypothesis-profile repeatable -m 'not slow'

all-tests: $(READY)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal

sanitize: $(READY)  ## the tests of the native library, with the address and undefined-behavior sanitizers of gcc
	$(BIN)/python -m tests.native.sanitized

web: $(READY)  ## the tables and the library of the page, in web/generated and web/built
	$(BIN)/python -m codec.page.tables web/generated/tables.js
	$(BIN)/python codec/page/build.py

PLATFORMS ?= linux-x86_64 linux-aarch64 macos-x86_64 macos-arm64 windows-amd64

wheels: $(READY)  ## a wheel for each platform in dist/, all compiled here
	for platform in $(PLATFORMS); do \
		rm -rf build && GVC_PLATFORM=$$platform \
		$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist . || exit 1; \
	done

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## the generated parts of the documentation
	$(BIN)/python -m container_format.document docs/format.md
	$(BIN)/python -m codec.cli.document docs/options.md
	$(BIN)/python -m codec.page.tables web/generated/tables.js
	$(BIN)/python -m benchmarks document

man: $(READY)  ## a man page for each command in build/man
	$(BIN)/python -m codec.cli.man build/man

bench: $(READY)  ## all suites on the clips in GVC_CLIPS, or the quick one on the bundled samples; writes a page
	$(BIN)/python -m benchmarks $(SUITES)

clean:
	rm -rf $(VENV) demo_output build dist codec/native/lib web/built *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
