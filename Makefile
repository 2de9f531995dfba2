# Everything that a person or a build server does with this repository.
# Longer steps are scripts in .ci/; what they install goes into git-ignored
# directories of this checkout (browser and database packages of `make test` excepted).

.DEFAULT_GOAL := help
# cargo, trunk and the tests already use every core.
.NOTPARALLEL:

# Tools of this checkout come before those of the machine.
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/e2e/node_modules/.bin:$(PATH)
# trunk 0.21 stops at NO_COLOR=1, which it parses as an invalid flag.
unexport NO_COLOR

SERVER := target/release/penguinmails
SPA := target/dashboard.stamp
NPM := e2e/node_modules/.package-lock.json
LIGHTHOUSE := e2e/lighthouse/node_modules/.package-lock.json
# Directories are listed too: theirs is the only date that changes when a file is deleted.
SPA_SOURCES := Trunk.toml .ci/tools.sh Cargo.toml Cargo.lock .cargo/config.toml $(shell find frontend shared style)

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

.PHONY: run
run: build ## Build what has changed and serve the demo at http://127.0.0.1:8080 (ARGS="--addr …" adds options)
	$(SERVER) serve --demo --data-dir .data $(ARGS)

.PHONY: reset
reset: ## Delete the data of `make run`
	rm -rf .data

.PHONY: build
build: $(SPA) ## Build target/release/penguinmails with the dashboard inside
	@test -x $(SERVER) || echo "==> Building the server: the first time takes about 6 minutes on two cores"
	cargo build --release -p backend

.PHONY: dev
dev: tools $(NPM) ## Serve the dashboard at http://127.0.0.1:8081, rebuilt at every change
	.ci/dev.sh

.PHONY: test
test: ## Install what is missing and run every test, with a summary at the end
	MAKE="$(MAKE)" .ci/test.sh

.PHONY: e2e
e2e: build ## Run the browser tests alone
	.ci/browser.sh e2e

.PHONY: screenshots
screenshots: build ## Take pictures of every page into e2e/screenshots/
	.ci/browser.sh screens

.PHONY: lighthouse
lighthouse: build $(LIGHTHOUSE) ## Run Lighthouse on every page
	.ci/browser.sh lighthouse

.PHONY: docs-speed
docs-speed: build $(LIGHTHOUSE) ## Measure how soon an operation can be read and tried on a slow machine and line, beside Swagger UI
	.ci/browser.sh docs-speed

.PHONY: bench
bench: ## Measure the gateway against a bare handler, then start, memory and revocation (ARGS="p99" measures what has that in its name)
	if .ci/postgres.sh --check; then run=.ci/postgres.sh; fi; \
	$$run cargo bench -p backend --bench gateway --bench server -- $(ARGS)

.PHONY: bench-usage
bench-usage: ## Measure the usage page behind 10 thousand to 100 million requests
	cargo bench -p backend --bench usage

.PHONY: fuzz-templates
fuzz-templates: ## Render a million generated templates with memory and time limits, and print the slowest /readyz meanwhile
	PENGUINMAILS_FUZZ_TEMPLATES=1000000 cargo test --release -p backend --test it mail::templates_fuzz:: -- --nocapture

.PHONY: lint
lint: tools $(NPM) ## Check formatting, lints, types, shell scripts and dependencies
	.ci/lint.sh

# The rest is set-up. `tools` checks on every run (0.1 s) instead of leaving a
# stamp, because tools outside this checkout may come and go.
.PHONY: tools
tools:
	@.ci/tools.sh

$(NPM): e2e/package.json e2e/package-lock.json
	@echo "==> Installing the npm packages (wasm-opt, esbuild, Playwright): about 10 seconds"
	cd e2e && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --loglevel=error
	@touch $@

$(LIGHTHOUSE): e2e/lighthouse/package.json e2e/lighthouse/package-lock.json
	@echo "==> Installing Lighthouse: about 15 seconds"
	cd e2e/lighthouse && npm ci --loglevel=error
	@touch $@

# Stamp and page get the date at which the build began: a source that was saved
# while it ran is newer, and so is the page after a plain `trunk build`, which
# leaves an unoptimised dashboard in dist/. Both make the next `make` build again.
$(SPA): $(SPA_SOURCES) $(wildcard dist/index.html) | tools $(NPM)
	@echo "==> Building the dashboard: about 1 minute, the first time 3 minutes on two cores"
	@mkdir -p target && touch $@.began
	trunk build --release
	@touch -r $@.began dist/index.html && mv $@.began $@

ifeq ($(wildcard dist/index.html),)
.PHONY: $(SPA)
endif
