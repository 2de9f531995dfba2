#!/usr/bin/env bash
# Fuzzes a running server with valid and invalid requests generated from its OpenAPI
# documents (schemathesis), with an all-access key and without a key. Fails on 5xx responses,
# undocumented responses, accepted invalid input, and deleted resources that still exist.
# The server's own tests check that all operations require a key: here, the limit on failed
# attempts would soon return 429.
#   .ci/fuzz.sh [SCHEMATHESIS OPTION…]     PENGUINMAILS_BIN selects another binary
# `--check` only checks that the required tools are installed.
set -euo pipefail
cd "$(dirname "$0")/.."

version=4.32.5
venv=$PWD/.tools/python
server=$(realpath -m "${PENGUINMAILS_BIN:-target/release/penguinmails}")

if [[ ! -x "$venv/bin/schemathesis" ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Python 3 with its venv module is not installed" >&2
  exit 1
fi
if [[ ${1:-} == --check ]]; then exit 0; fi

if [[ $("$venv/bin/schemathesis" --version 2>/dev/null) != *" $version" ]]; then
  echo "==> Installing schemathesis $version: about 20 seconds"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

directory=$(mktemp -d)
pid=
stop() {
  if [[ -n "$pid" ]]; then kill "$pid" 2>/dev/null || true; fi
  cd /
  rm -rf "$directory"
}
trap stop EXIT

admin() { "$server" admin "$@" --data-dir "$directory" >/dev/null; }
echo "correct horse battery" | admin create-user --email owner@fuzz.test --role owner --tenant fuzz
# High limits, so that requests reach the handlers.
admin set-limits --tenant fuzz --rate-per-minute 100000000 --burst 100000000
admin create-keys --tenant fuzz --count 1 --environment test \
  --scopes admin:full,emails:send_bulk --out "$directory/keys"
admin create-keys --tenant fuzz --count 1 --environment live \
  --scopes admin:full --out "$directory/manager"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
"$server" serve --addr "127.0.0.1:$port" --data-dir "$directory" >"$directory/log" 2>&1 &
pid=$!
for _ in {1..100}; do
  if python3 -c "import urllib.request; urllib.request.urlopen('$url/readyz')" 2>/dev/null; then break; fi
  sleep 0.1
done

# Approves bulk sending, without which some of the key's scopes have no effect.
python3 - "$url" "$(cut -c9-20 "$directory/keys")" <<'PYTHON'
import http.cookiejar, json, sys, urllib.request
url, key = sys.argv[1:]
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
def post(path, **body):
    headers = {"Content-Type": "application/json", "Origin": url}
    browser.open(urllib.request.Request(url + "/api/v1" + path, json.dumps(body).encode(), headers))
post("/auth/login", email="owner@fuzz.test", password="correct horse battery")
post("/auth/sudo", password="correct horse battery")
post(f"/platform/api-keys/key_{key}/approve")
PYTHON

checks=not_a_server_error,status_code_conformance,content_type_conformance
checks+=,response_schema_conformance,response_headers_conformance
checks+=,negative_data_rejection,unsupported_method,use_after_free
# schemathesis writes files to the working directory.
cd "$directory"
fuzz() {
  local document=$1
  shift
  "$venv/bin/schemathesis" run "$url/$document" --checks "$checks" \
    --generation-database none --seed 1 --no-color "$@"
}
echo "==> with a key that may do everything"
fuzz openapi.json --header "Authorization: Bearer $(cat "$directory/keys")" --max-examples 60 "$@"
echo "==> without a key"
fuzz openapi.json --max-examples 10 "$@"
# Without the stateful phase, which follows links between responses: it would soon list its
# own key and revoke it.
echo "==> the management API"
fuzz openapi-management.json --header "Authorization: Bearer $(cat "$directory/manager")" \
  --phases examples,coverage,fuzzing --max-examples 20 "$@"
