# A change is ready when `make check` passes; see CONTRIBUTING.md.

TEMPL    = go tool -modfile=tools/go.mod templ
VERSION  = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
MODULES  = . $(patsubst %/go.mod,%,$(wildcard e2e/go.mod))
FUZZTIME = 60s
KILLS    = 200
DOUBTS   = 500
MIRRORS  = 2000
DURATION = 60s

.PHONY: check
check: lint test ## what CI runs: the checks, all tests, and those of what happens at once with the race detector
	@tools/check.sh concurrent

.PHONY: test
test: ## all tests, those in a browser included
	@tools/check.sh test e2e

.PHONY: run
run: ## serve; without any setting, on http://127.0.0.1:8080 with the sandbox
	go run .

.PHONY: build
build: ## a static binary, bin/namesake
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/namesake .

.PHONY: generate
generate: compress ## Go code from web/templates/*.templ, web/static/br from the assets, and the schema from the migrations
	$(TEMPL) generate
	cd internal/store && go run ./schema

.PHONY: compress
compress:
	cd web/static && go run ./compress

.PHONY: css
css: ## web/static/app.css from web/css
	npm ci --prefix web/css --no-audit --no-fund
	npm run --prefix web/css build
	$(MAKE) compress

.PHONY: fmt
fmt: ## format Go and templ files
	$(TEMPL) fmt web
	$(TEMPL) generate
	for module in $(MODULES); do (cd $$module && go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint fmt --config $(CURDIR)/.golangci.yml) || exit; done

.PHONY: lint
lint: ## all checks that run no test: what is generated, go.mod, the linters, the style sheet
	@tools/check.sh generate tidy lint css

.PHONY: race
race: ## all tests of Go with the race detector
	@tools/check.sh $@

.PHONY: bench
bench: ## all benchmarks
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (60s)
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package || exit; \
		done; \
	done

.PHONY: kill
kill: ## kill -9 in a stream of changes, by Namesake and elsewhere, with readings and clocks that step, and during plans of 500 operations and imports of 2,000 rows: one copy on SQLite KILLS (200) times, and two on PostgreSQL
	tools/install-postgresql.sh
	cd e2e && go test -count=1 -timeout 60m -v -run TestKill -args -kills $(KILLS) -planned 500 -imported 2000 -settled -clocks

.PHONY: doubt
doubt: ## DOUBTS (500) random histories of one copy on SQLite, and of two on PostgreSQL, in an API that lags, answers ambiguously and lands late
	tools/install-postgresql.sh
	go test -count=1 -timeout 60m -v -run TestDoubtfulHistories ./internal/server -args -doubt-runs $(DOUBTS) -doubt-steps 60

.PHONY: mirror
mirror: ## MIRRORS (2000) random histories in which others change the registry too, and passes read it through every fault of lists
	tools/install-postgresql.sh
	go test -count=1 -timeout 60m -v -run TestMirrorHistories ./internal/server -args -mirror-runs $(MIRRORS)

.PHONY: javaregex
javaregex: ## compare internal/javaregex and its findings with a JVM 17 on random patterns for DURATION (60s)
	go test -tags jvm -count=1 -timeout 0 -v -run AgainstJVM ./internal/javaregex -args -jvm $(DURATION)
	go test -tags jvm -count=1 -v -run AgainstJVM ./internal/findings

.PHONY: javaregex-worst
javaregex-worst: ## what the most expensive patterns cost internal/javaregex, and a search for worse ones for DURATION (60s)
	go test -tags worst -count=1 -timeout 0 -v -run TestWorst ./internal/javaregex -args -worst $(DURATION)

.PHONY: javaregex-record
javaregex-record: ## internal/javaregex/testdata/corpus.jsonl and claims.jsonl, from a JVM 17
	go test -tags jvm,record -count=1 -v -run TestRecord ./internal/javaregex

.PHONY: schema
schema: ## check the API client and the sandbox against Cloudflare's schema: make schema OPENAPI=path
	@test -f "$(OPENAPI)" || { echo "say where the schema is: make schema OPENAPI=path/to/openapi.json"; exit 1; }
	cd e2e && NAMESAKE_OPENAPI="$(abspath $(OPENAPI))" go test -count=1 -tags openapi ./schema

.PHONY: screenshots
screenshots: ## docs/*.png, for the README
	cd e2e && go test -count=1 -tags screenshots -run '^TestScreenshots$$' .

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z ]*\):.* ## /\1\t/p' Makefile | expand -t 16
