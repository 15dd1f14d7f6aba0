#!/usr/bin/env bash
# Back to the version before. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# A release folder brings its own environment; an image has its on the path.
PYTHON=${PYTHON:-.venv/bin/python}
# shellcheck source=scripts/local/find_python.sh
. scripts/local/find_python.sh
exec "$python" -m scripts.production.switching.rollback_command "$@"
