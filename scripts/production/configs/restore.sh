#!/usr/bin/env bash
# Brings back what this folder holds: settings, schema and the data a shop cannot open without.
# It needs bash, sha256sum, psql and pg_restore (of the server's version, or their folder in PG_BIN) and, for
# the secrets, gpg or age. It needs nothing of the platform itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat >&2 <<'TEXT'
Usage: ./restore.sh [--check | --secrets FILE | --database]
  --check         only compare the checksums
  --secrets FILE  write all variables, secrets included, to FILE (mode 600); for age, BACKUP_IDENTITY names the
                  file with the private key; gpg uses its key ring
  --database      into the empty database of DATABASE_URL: roles, schema and critical data; refuses any other
Exit codes: 0 done, 1 failed, 2 wrongly called or refused.
TEXT
}

finish() { # ok, what
  printf '{"script": "restore-configs", "ok": %s, "done": "%s"}\n' "$1" "$2"
}

refuse() {
  echo "restore.sh: $1" >&2
  finish false "$1"
  exit 2
}

check() {
  sha256sum --check --quiet --strict SHA256SUMS >&2 || { finish false "a checksum differs"; exit 1; }
}

secrets() {
  umask 077
  if [ -f secrets.env.gpg ]; then
    gpg --quiet --decrypt secrets.env.gpg > "$1.part"
  elif [ -f secrets.env.age ]; then
    age --decrypt --identity "${BACKUP_IDENTITY:?names the file with the private key}" secrets.env.age > "$1.part"
  else
    refuse "the secrets were left out: no public key was set when this was made"
  fi
  cat variables.env >> "$1.part"
  mv "$1.part" "$1"
}

query() {
  "${PG_BIN:+$PG_BIN/}psql" --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 \
    --dbname "$DATABASE_URL" "$@"
}

database() {
  [ -n "${DATABASE_URL:-}" ] || refuse "set DATABASE_URL to an empty database"
  found=$(query -c "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%'")
  [ "$found" = 0 ] || refuse "the database is not empty; make a new one"
  query -f roles.sql >&2
  "${PG_BIN:+$PG_BIN/}pg_restore" --exit-on-error --no-password --dbname "$DATABASE_URL" critical.dump >&2
  while read -r table rows; do
    got=$(query -c "SELECT count(*) FROM $table")
    [ "$got" = "$rows" ] || { finish false "$table has $got rows, not $rows"; exit 1; }
  done < rows.txt
}

case "${1:-}" in
  --check) check; finish true check ;;
  --secrets) [ $# = 2 ] || { usage; refuse "--secrets needs a file"; }; check; secrets "$2"; finish true secrets ;;
  --database) check; database; finish true database ;;
  -h | --help) usage ;;
  *) usage; refuse "say what to bring back" ;;
esac
