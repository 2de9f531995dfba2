#!/usr/bin/env bash
# The server on 8080 and trunk, which hands /api and /v1 on to it, on 8081.
# Whichever ends first takes the other along.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -p backend
target/debug/penguinmails serve --demo --data-dir .data &
server=$!
# A directory of its own: dist/ is what `make build` puts into the release.
trunk serve --port 8081 --dist target/dist-dev &
dashboard=$!
trap 'kill "$server" "$dashboard" 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# `wait -n` is missing from macOS's bash.
while kill -0 "$server" 2>/dev/null && kill -0 "$dashboard" 2>/dev/null; do sleep 1; done
