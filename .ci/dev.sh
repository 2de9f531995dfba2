#!/usr/bin/env bash
# Runs the server on port 8080, and trunk on 8081, which proxies /api and /v1 to it.
# If one of them ends, the other is stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -p backend
target/debug/penguinmails serve --demo --data-dir .data &
server=$!
# Not dist/, which `make build` embeds in the release binary.
trunk serve --port 8081 --dist target/dist-dev &
dashboard=$!
trap 'kill "$server" "$dashboard" 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# `wait -n` is missing from macOS's bash.
while kill -0 "$server" 2>/dev/null && kill -0 "$dashboard" 2>/dev/null; do sleep 1; done
