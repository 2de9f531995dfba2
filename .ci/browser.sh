#!/usr/bin/env bash
# Runs one of Playwright's projects (e2e, screens, lighthouse, docs-speed) against target/release/penguinmails,
# or the server that PENGUINMAILS_BIN names.
#   .ci/browser.sh e2e [PLAYWRIGHT OPTION…]
set -euo pipefail
cd "$(dirname "$0")/../e2e"

CHROMIUM=$(../.ci/chromium.sh)
export CHROMIUM
project=$1
shift
exec node_modules/.bin/playwright test --project="$project" "$@"
