#!/usr/bin/env bash
# Runs all tests, and prints a table of passed, failed and skipped steps with reasons, and the
# last lines of each failed step. Continues after a failure, so that one run shows everything.
set -euo pipefail
cd "$(dirname "$0")/.."

rows=()
failures=0
endings=
output=$(mktemp)
trap 'rm -f "$output"' EXIT

row() { rows+=("$(printf '%-7s  %6s  %s' "$1" "$2" "$3")"); }

# step TITLE COMMAND… : runs the command, records its result, and returns its exit code.
step() {
  local title=$1 began=$SECONDS code=0
  shift
  printf '\n==> %s\n' "$title"
  "$@" 2>&1 | tee "$output" || code=$?
  if [[ $code == 0 ]]; then
    row passed "$((SECONDS - began)) s" "$title"
  else
    row FAILED "$((SECONDS - began)) s" "$title (exit code $code)"
    failures=$((failures + 1))
    endings+=$(printf '\n\n==> The last lines of: %s\n%s' "$title" "$(tail -n 25 "$output")")
  fi
  return "$code"
}

skip() {
  printf '\n==> %s: skipped: %s\n' "$1" "$2"
  row skipped - "$1: $2"
}

# Installs missing Debian packages that the tests need. If that is not possible, sets
# $missing_because to the reason.
missing_because=
install_packages() {
  local packages=()
  .ci/chromium.sh >/dev/null 2>&1 || packages+=(chromium fonts-liberation)
  .ci/component_tests.sh --check 2>/dev/null || packages+=(chromium-driver)
  .ci/postgres.sh --check 2>/dev/null || packages+=(postgresql)
  .ci/fuzz.sh --check 2>/dev/null || packages+=(python3-venv)
  if [[ ${#packages[@]} == 0 ]]; then return; fi
  if ! command -v apt-get >/dev/null; then
    missing_because="not installed, and there is no apt-get to do it"
  elif [[ $(id -u) != 0 ]]; then
    missing_because="not installed, and only root may do it: apt-get install ${packages[*]}"
  else
    echo "==> Installing ${packages[*]}: about 1 minute"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; }; then
      missing_because="apt-get could not install it"
    fi
  fi
}

summary() {
  printf '\nResult   Time    What\n'
  printf '%s\n' "${rows[@]}"
  if [[ $failures -gt 0 ]]; then
    printf '%s\n' "$endings"
    printf '\n%s of %s steps failed, %s s in all.\n' "$failures" "${#rows[@]}" "$SECONDS"
    exit 1
  fi
  printf '\nNothing failed, %s s in all.\n' "$SECONDS"
}

install_packages

# Runs first, because the server's tests use the dashboard in dist/.
built=yes
step "release build" "${MAKE:-make}" --no-print-directory build || built=no

step "shared: unit tests" cargo test -p shared --all-features || true
step "dashboard: logic, unit tests" cargo test -p frontend -p charts || true
title="dashboard: component tests in a browser"
if .ci/component_tests.sh --check 2>/dev/null; then
  step "$title" .ci/component_tests.sh || true
else
  skip "$title" "chromedriver is ${missing_because:-not usable: $(.ci/component_tests.sh --check 2>&1)}"
fi

step "server: unit and integration tests on SQLite" cargo test -p backend || true

title="server: integration tests on PostgreSQL"
if .ci/postgres.sh --check 2>/dev/null; then
  step "$title" .ci/postgres.sh cargo test -p backend --test it || true
else
  skip "$title" "PostgreSQL is ${missing_because:-not usable: $(.ci/postgres.sh --check 2>&1)}"
fi

# The browser tests use the release binary, not a debug build.
title="browser tests, end to end"
if [[ $built == no ]]; then
  skip "$title" "there is no binary to test"
elif ! .ci/chromium.sh >/dev/null 2>&1; then
  skip "$title" "Chromium is ${missing_because:-not found}"
else
  step "$title" .ci/browser.sh e2e || true
fi

title="generated clients compile"
if .ci/clients.sh --check 2>/dev/null; then
  step "$title" .ci/clients.sh || true
else
  skip "$title" "Python is ${missing_because:-not usable: $(.ci/clients.sh --check 2>&1)}"
fi

title="OpenAPI documents: linter, readiness for agents"
if .ci/openapi.sh --check 2>/dev/null; then
  step "$title" .ci/openapi.sh || true
else
  skip "$title" "Python is ${missing_because:-not usable: $(.ci/openapi.sh --check 2>&1)}"
fi

title="fuzzing by the OpenAPI document"
if [[ $built == no ]]; then
  skip "$title" "there is no binary to test"
elif ! .ci/fuzz.sh --check 2>/dev/null; then
  skip "$title" "Python is ${missing_because:-not usable: $(.ci/fuzz.sh --check 2>&1)}"
else
  step "$title" .ci/fuzz.sh || true
fi

summary
