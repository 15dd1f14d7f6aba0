# shellcheck shell=sh
# Sourced by scripts/up and the like: sets $python to an interpreter this project supports. Those of production, *.sh, end
# in one line of JSON when there is none.
python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  problem="Góndola needs Python 3.11, 3.12 or 3.13: sudo apt-get install python3 python3-venv (Debian, Ubuntu) or brew install python@3.13 (macOS)."
  echo "$problem" >&2
  case $0 in *.sh) ;; *) exit 1 ;; esac
  script=${0##*/}
  printf '{"script": "%s", "ok": false, "error": "%s"}\n' "${script%.sh}" "$problem"
  exit 2
fi
