# Each target does its own set-up, says what it installs, and can be run again.

CARGO ?= cargo
PYTHON := $(CURDIR)/.venv/bin/python

.PHONY: run test bench check help

help:
	@echo "make run    a sample book worked for six weeks, with its pages on http://127.0.0.1:8080"
	@echo "make test   everything that must hold: format, lints, licences, tests, simulator"
	@echo "make bench  CPU, memory and ratio to the floor program, one JSON line a figure"
	@echo "make check  the quick part of make test: format, lints, crate table"

run:
	@scripts/setup.sh build
	$(CARGO) run --release --bin duewell -- --data data/demo demo

test:
	@scripts/setup.sh build postgresql python deny browser
	DUEWELL_PYTHON=$(PYTHON) $(CARGO) xtask ci

bench:
	@scripts/setup.sh build postgresql
	$(CARGO) build --release -p duewell-bench
	target/release/duewell-bench all

check:
	@scripts/setup.sh build
	$(CARGO) xtask check
