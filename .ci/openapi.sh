#!/usr/bin/env bash
# Checks docs/openapi.json and docs/openapi-management.json: redocly's rules, and openapi-agent-ready,
# which rates how well agents can use an API. Its score must be 90 or more, and no rule may fail.
# `--check` only checks that the required tools are installed.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.4.1
venv=$PWD/.tools/openapi
documents=(docs/openapi.json docs/openapi-management.json)

if [[ ! -x "$venv/bin/agent-ready" ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Python 3 with its venv module is not installed" >&2
  exit 1
fi
if [[ ${1:-} == --check ]]; then exit 0; fi

if [[ $("$venv/bin/agent-ready" --version 2>/dev/null) != *"$version"* ]]; then
  echo "==> Installing openapi-agent-ready $version: about 10 seconds"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "openapi-agent-ready==$version"
fi
if [[ e2e/clients/package-lock.json -nt e2e/clients/node_modules/.package-lock.json ]]; then
  npm ci --prefix e2e/clients --loglevel=error
  touch e2e/clients/node_modules/.package-lock.json
fi

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
e2e/clients/node_modules/.bin/redocly lint --config redocly.yaml "${documents[@]}"
for document in "${documents[@]}"; do
  "$venv/bin/agent-ready" "$document" --min-score 90 --max-fails 0
done
