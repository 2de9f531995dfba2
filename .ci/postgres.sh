#!/usr/bin/env bash
# Runs a command with a temporary PostgreSQL server:
#   .ci/postgres.sh cargo test -p backend --test it
# PENGUINMAILS_TEST_DATABASE_URL contains its URL. The server and its data are deleted when
# the command ends. `--check` only checks that the required tools are installed.
set -euo pipefail

# On Debian, the server's programs are not on PATH, but in a directory per version.
bin=
for candidate in /usr/lib/postgresql/*/bin; do
  if [[ -x "$candidate/initdb" ]]; then bin=$candidate; fi
done
if [[ -z "$bin" ]] && command -v initdb >/dev/null; then
  bin=$(dirname "$(command -v initdb)")
fi
if [[ -z "$bin" ]]; then
  echo "PostgreSQL's server programs (initdb, pg_ctl) are not installed" >&2
  exit 1
fi

# PostgreSQL refuses to run as root.
as_server=()
if [[ $(id -u) == 0 ]]; then
  if ! id postgres >/dev/null 2>&1 || ! command -v runuser >/dev/null; then
    echo "as root, PostgreSQL needs a user 'postgres' and the program 'runuser'" >&2
    exit 1
  fi
  as_server=(runuser -u postgres --)
fi
if [[ ${1:-} == --check ]]; then exit 0; fi

# In /tmp regardless of TMPDIR, because the server's user needs access.
directory=$(mktemp -d /tmp/penguinmails-postgres.XXXXXX)
if [[ ${#as_server[@]} -gt 0 ]]; then chown postgres "$directory"; fi
cd "$directory" # a directory that the server's user can access

# server PROGRAM [ARGUMENT…]
server() {
  local program=$1
  shift
  ${as_server[@]+"${as_server[@]}"} "$bin/$program" "$@"
}

stop() {
  server pg_ctl -D "$directory/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$(node -e '
  const probe = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    console.log(probe.address().port);
    probe.close();
  });')

# The data need not survive a crash, so syncing to disk is disabled. Each test opens its own
# connection pool, which requires many connections.
server initdb -D "$directory/data" -U postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >/dev/null
if ! server pg_ctl -D "$directory/data" -l "$directory/log" -w -t 60 -o "\
    -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$directory \
    -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
  start >/dev/null; then
  cat "$directory/log" >&2
  exit 1
fi

export PENGUINMAILS_TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
cd "$OLDPWD"
"$@"
