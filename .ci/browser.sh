#!/usr/bin/env bash
# Runs a Playwright project (e2e, screens, lighthouse, docs-speed) with target/release/penguinmails,
# or with the binary in PENGUINMAILS_BIN.
#   .ci/browser.sh e2e [PLAYWRIGHT OPTION…]
set -euo pipefail
cd "$(dirname "$0")/../e2e"

CHROMIUM=$(../.ci/chromium.sh)
export CHROMIUM
project=$1
shift
exec node_modules/.bin/playwright test --project="$project" "$@"
