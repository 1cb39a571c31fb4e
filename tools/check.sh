#!/usr/bin/env bash
# Runs the checks that are named as arguments. It prints a line for each, and stops with the
# reason at the first that fails. It installs its tools: the Go tools with tools/go.mod,
# PostgreSQL with tools/install-postgresql.sh, Chromium with e2e/install-chromium.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Without inlining and debug information, ours compiles in less than two thirds of the time, and
# the tests are as fast. All Go commands say it, so that they share what they have compiled.
export GOFLAGS="${GOFLAGS:-} '-gcflags=namesake/...=-l -dwarf=false'"

tool() { go tool -modfile="$root/tools/go.mod" "$@"; }

# modules lists the folders of our own modules, the main one first.
modules() {
	echo .
	if [[ -f e2e/go.mod ]]; then echo e2e; fi
}

# unchanged FOLDER PATTERN COMMAND... runs a command that writes the files of that
# pattern, and fails when that changed them. It compares checksums, so that it ignores what
# is committed or staged.
unchanged() {
	local folder=$1 pattern=$2 before after
	shift 2
	before=$(sums "$folder" "$pattern")
	"$@" || return
	after=$(sums "$folder" "$pattern")
	[[ $before == "$after" ]] && return
	echo "these files were out of date and have been regenerated; check and commit them:"
	diff <(echo "$before") <(echo "$after") | sed -n 's/^[<>] [0-9]* [0-9]* /  /p' | sort -u
	return 1
}
sums() { find "$1" -path '*/node_modules' -prune -o -type f -name "$2" -exec cksum {} + | sort -k 3; }

check_generate() {
	unchanged web '*_templ.go' tool templ generate -log-level error &&
		unchanged web/static '*.br' make -s compress
}

check_format() {
	local module
	for module in $(modules); do
		(cd "$module" && tool golangci-lint fmt --diff --config "$root/.golangci.yml") || {
			echo "run: make fmt"
			return 1
		}
	done
}

check_tidy() {
	local module
	for module in $(modules); do (cd "$module" && go mod tidy -diff) || return; done
}

# The linters include what go vet checks, and the format.
check_lint() {
	local module
	for module in $(modules); do
		(cd "$module" && tool golangci-lint run --config "$root/.golangci.yml") || return
	done
}

check_css() {
	[[ -f web/css/package.json ]] || return 0
	if ! command -v npm >/dev/null; then
		echo "npm is missing: install Node.js 20 or later"
		return 1
	fi
	if [[ web/css/package-lock.json -nt web/css/node_modules/.package-lock.json ]]; then
		npm ci --prefix web/css --no-audit --no-fund || return
		touch web/css/node_modules/.package-lock.json
	fi
	unchanged web/static 'app.css' npm run --prefix web/css build
}

# Many tests wait for PostgreSQL, hence more than a package for each core.
check_test() { tools/install-postgresql.sh && go test -vet=off -p 3 -parallel 4 ./...; }

# The race detector makes tests three times as slow. `make race` runs it on all; CI on the
# packages in which most happens at once.
check_race() { tools/install-postgresql.sh && race ./...; }
concurrent=(cfapi change jobs mirror netlimit patterns)
check_concurrent() { tools/install-postgresql.sh && race "${concurrent[@]/#/./internal/}"; }

# What saves time: SQLite, which is C converted to Go, runs without the race detector; the linters
# vet; and the race detector does not wait for a second at the end of each package.
race() {
	GORACE=atexit_sleep_ms=0 go test -race -vet=off -timeout 30m \
		-gcflags='modernc.org/...=-race=false' -gcflags='namesake/...=-l -dwarf=false' "$@"
}

install_packages() { # axe-core, and an OpenID provider
	[[ e2e/package-lock.json -nt e2e/node_modules/.package-lock.json ]] || return 0
	command -v npm >/dev/null || {
		echo "npm is missing: install Node.js 20 or later"
		return 1
	}
	npm ci --prefix e2e --no-audit --no-fund && touch e2e/node_modules/.package-lock.json
}

# The browser tests run a binary that the test cache does not know, hence -count=1, and to
# which the race detector of the tests does not apply.
check_e2e() {
	[[ -f e2e/go.mod ]] || return 0
	tools/install-postgresql.sh && e2e/install-chromium.sh && install_packages && cd e2e && go test -count=1 -parallel 3 ./...
}

for check in "$@"; do
	if [[ $(type -t "check_$check") != function ]]; then
		echo "there is no check called $check"
		exit 2
	fi
	began=$SECONDS
	result=ok
	case $check in
	test | race | concurrent | e2e) ("check_$check") || result=FAILED ;; # to be read as they go
	*) ("check_$check") >"$log" 2>&1 || { result=FAILED; cat "$log"; } ;;
	esac
	echo "check $check: $result ($((SECONDS - began)) s)"
	if [[ $result == FAILED ]]; then exit 1; fi
done
