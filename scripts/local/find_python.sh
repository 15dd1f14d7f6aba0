# shellcheck shell=sh
# Sourced by scripts/up and the like: sets $python to an interpreter this project supports.
python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Góndola needs Python 3.11, 3.12 or 3.13: sudo apt-get install python3 python3-venv (Debian, Ubuntu) or brew install python@3.13 (macOS)." >&2
  exit 1
fi
