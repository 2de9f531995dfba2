#!/usr/bin/env bash
# Generates clients from docs/openapi.json as described in the guide, and type-checks five
# calls: openapi-typescript with tsc, openapi-python-client with pyright.
# `--check` only checks that the required tools are installed.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.29.1
venv=$PWD/.tools/clients

if [[ ! -x "$venv/bin/openapi-python-client" ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Python 3 with its venv module is not installed" >&2
  exit 1
fi
if [[ ${1:-} == --check ]]; then exit 0; fi

if [[ $("$venv/bin/openapi-python-client" --version 2>/dev/null) != *" $version" ]]; then
  echo "==> Installing openapi-python-client $version: about 20 seconds"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "openapi-python-client==$version"
fi
document=$PWD/docs/openapi.json
cd e2e/clients
if [[ package-lock.json -nt node_modules/.package-lock.json ]]; then
  npm ci --loglevel=error
  touch node_modules/.package-lock.json
fi
rm -rf generated
mkdir generated
touch generated/__init__.py
# Disables formatting, which would need another tool.
echo 'post_hooks: []' >generated/config.yml

node_modules/.bin/openapi-typescript "$document" -o generated/penguinmails.d.ts
node_modules/.bin/tsc
"$venv/bin/openapi-python-client" generate --path "$document" --meta none \
  --config generated/config.yml --output-path generated/penguinmails_api_client --fail-on-warning
node_modules/.bin/pyright --pythonpath "$venv/bin/python" five_calls.py
