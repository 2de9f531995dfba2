#!/usr/bin/env bash
# Runs the component tests of the dashboard (frontend/src/component_tests) in headless Chromium.
#   .ci/component_tests.sh --check     whether that is possible
#   .ci/component_tests.sh [FILTER]    only tests with FILTER in their path
set -euo pipefail
cd "$(dirname "$0")/.."

CHROMEDRIVER=$(command -v "${CHROMEDRIVER:-chromedriver}") || {
  echo "no chromedriver found: install it (Debian: apt install chromium-driver), or set CHROMEDRIVER to its path" >&2
  exit 1
}
if [[ "${1:-}" == --check ]]; then exit 0; fi

.ci/tools.sh
export CHROMEDRIVER
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="$PWD/.tools/bin/wasm-bindgen-test-runner"
# Seconds, for all tests together.
export WASM_BINDGEN_TEST_TIMEOUT="${WASM_BINDGEN_TEST_TIMEOUT:-120}"
exec cargo test -p frontend --target wasm32-unknown-unknown -- "$@"
