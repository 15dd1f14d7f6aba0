#!/usr/bin/env bash
# Brings back what this folder holds: settings, schema and the data a shop cannot open without.
# It needs bash, sha256sum, psql and pg_restore (of the server's version, or their folder in PG_BIN) and, for
# the secrets, gpg or age. It needs nothing of the platform itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
part=

usage() {
  cat >&2 <<'TEXT'
Usage: ./restore.sh [--check | --secrets FILE | --machine FOLDER | --database [--dry-run]]
  --check           only compare the checksums
  --secrets FILE    write all variables, secrets included, to FILE (mode 600); for age, BACKUP_IDENTITY names the
                    file with the private key; gpg uses its key ring
  --machine FOLDER  unpack what was edited on the old machine, as FOLDER/etc/gondola/nginx; / puts it in place
  --database        into the empty database of DATABASE_URL: roles, schema and critical data; refuses any other
  --dry-run         only look whether it could be done
Exit codes: 0 done, 1 failed, 2 wrongly called or refused. The last line is JSON.
TEXT
}

finish() { # exit code, what was done or why not
  trap - EXIT
  rm -f "$part"
  printf '{"script": "restore-configs", "ok": %s, "done": "%s"}\n' "$([ "$1" = 0 ] && echo true || echo false)" "$2"
  exit "$1"
}

# Whatever ends this script without a word, psql above all, whose 2 is not ours.
trap 'finish 1 "failed, see the lines above"' EXIT
trap 'finish 130 interrupted' INT TERM HUP

refuse() {
  echo "restore.sh: $1" >&2
  finish 2 "$1"
}

check() {
  sha256sum --check --quiet --strict SHA256SUMS >&2 || finish 1 "a checksum differs"
}

need_key() {
  [ -f secrets.env.gpg ] || [ -n "${BACKUP_IDENTITY:-}" ] || refuse "BACKUP_IDENTITY names the file with the private key"
}

unseal() { # name of a file without the suffix; writes to standard output
  if [ -f "$1.gpg" ]; then
    gpg --quiet --decrypt "$1.gpg"
  else
    age --decrypt --identity "$BACKUP_IDENTITY" "$1.age"
  fi
}

secrets() {
  need_key
  umask 077
  part=$1.part
  unseal secrets.env > "$part"
  cat variables.env >> "$part"
  mv "$part" "$1"
}

machine() {
  need_key
  unseal machine.tar.gz | tar -xzf - -C "$1"
}

# The password goes by the environment: arguments are seen by everybody on the machine.
connect() {
  [ -n "${DATABASE_URL:-}" ] || refuse "set DATABASE_URL to an empty database"
  case $DATABASE_URL in *[?\&]password=*) refuse "write the password as postgresql://user:password@host" ;; esac
  address=postgresql://${DATABASE_URL#*://}
  if [[ $address =~ ^(postgresql://[^:@/]*):([^@/]*)@(.*)$ ]]; then
    address=${BASH_REMATCH[1]}@${BASH_REMATCH[3]} word=${BASH_REMATCH[2]//\\/\\\\}
    PGPASSWORD=$(printf '%b' "${word//%/\\x}")
    export PGPASSWORD
  fi
  unset DATABASE_URL
}

query() {
  "${PG_BIN:+$PG_BIN/}psql" --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 \
    --no-password --dbname "$address" "$@"
}

database() {
  connect
  found=$(query -c "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%'")
  [ "$found" = 0 ] || refuse "the database is not empty; make a new one"
  [ "${1:-}" != --dry-run ] || finish 0 "nothing, it could be done"
  query -f roles.sql >&2
  "${PG_BIN:+$PG_BIN/}pg_restore" --exit-on-error --no-password --dbname "$address" critical.dump >&2
  while read -r table rows; do
    got=$(query -c "SELECT count(*) FROM $table")
    [ "$got" = "$rows" ] || finish 1 "$table has $got rows, not $rows"
  done < rows.txt
}

case "${1:-}" in
  --check) check; finish 0 check ;;
  --secrets) [ $# = 2 ] || { usage; refuse "--secrets needs a file"; }; check; secrets "$2"; finish 0 secrets ;;
  --machine) [ -d "${2:-}" ] || { usage; refuse "--machine needs a folder"; }; check; machine "$2"; finish 0 machine ;;
  --database)
    case "${2:-}" in '' | --dry-run) ;; *) usage; refuse "--database takes its address from DATABASE_URL" ;; esac
    check; database "${2:-}"; finish 0 database ;;
  -h | --help) usage; trap - EXIT ;;
  *) usage; refuse "say what to bring back" ;;
esac
