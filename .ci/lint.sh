#!/usr/bin/env bash
# Runs all static checks. Continues after a failure, to report everything.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
check() {
  echo "==> $*"
  "$@" || failed+=("$*")
}

check cargo fmt --check
check cargo clippy --workspace --all-targets -- -D warnings
check cargo clippy -p frontend -p charts --all-targets --target wasm32-unknown-unknown -- -D warnings
check node .ci/import_cycles.mjs backend/src
check node .ci/import_cycles.mjs shared/src
check node .ci/descriptions.mjs docs/openapi.json docs/openapi-management.json
check node .ci/styles.mjs
check e2e/node_modules/.bin/tsc --project e2e
if command -v shellcheck >/dev/null; then
  check shellcheck .ci/*.sh .ci/run
else
  echo "==> shellcheck skipped: it is not installed"
fi
if command -v cargo-deny >/dev/null; then
  check cargo deny check licenses bans sources
else
  echo "==> cargo deny skipped: it is not installed (cargo install cargo-deny --locked)"
fi

if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
