#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests, or fails.
set -euo pipefail

for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
  if [[ -n "$candidate" ]] && command -v "$candidate"; then exit 0; fi
done
echo "no Chromium found: install it, or set CHROMIUM to its path" >&2
exit 1
