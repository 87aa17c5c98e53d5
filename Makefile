# run · test · check · openapi · bench are all that anyone needs; the others are their parts.

CARGO ?= cargo
# For instance --locked, as CI sets it.
CARGOFLAGS ?=

.PHONY: run test check openapi bench fmt lint contract tools

## A server with both networks and sample data; prints its address and logins. Needs Rust and a C compiler, nothing else.
run:
	$(CARGO) run $(CARGOFLAGS) -p entente -- demo

## The whole suite on both engines. Its databases are kept in memory where there are four gigabytes to be had: making and removing
## their files is what it would wait for.
test: export TMPDIR := $(shell [ "$$(df -k --output=avail /dev/shm 2>&1 | tail -1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
test: tools
	$(CARGO) test $(CARGOFLAGS) --workspace

## All that has to hold before a change goes in; the suite also holds openapi.yaml to the code.
check: fmt lint contract
	$(MAKE) test

## Writes the contract anew from the code.
openapi:
	$(CARGO) run $(CARGOFLAGS) --quiet -p entente -- openapi > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml

## What the engine does a second, on one core; and a million random sales that have to add up.
bench:
	$(CARGO) run $(CARGOFLAGS) --release -p entente-domain --example evaluations
	$(CARGO) run $(CARGOFLAGS) --release -p entente-domain --example conservation

fmt:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy $(CARGOFLAGS) --workspace --all-targets -- -D warnings

## The gates on openapi.yaml: linters, a typed client, and requests from its own schema against a running server; and the
## sample of what goes to banks, held to its schema.
contract:
	contract/lint
	contract/client
	contract/fuzz
	contract/payments

## What the tests use: PostgreSQL (unless TEST_DATABASE_URL names a server), curl and jq.
tools:
	scripts/install-test-tools
