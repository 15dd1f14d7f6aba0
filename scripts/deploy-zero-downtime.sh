#!/usr/bin/env bash
# Puts a new version in place of the one people use, without a gap. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# A release folder brings its own environment; an image has its on the path.
PYTHON=${PYTHON:-.venv/bin/python}
# shellcheck source=scripts/local/find_python.sh
. scripts/local/find_python.sh
exec "$python" -m scripts.production.switching.command "$@"
