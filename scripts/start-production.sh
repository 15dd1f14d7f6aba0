#!/usr/bin/env bash
# Runs one process of the platform in the foreground, in place of this shell, so that SIGTERM arrives.
# Which one: the argument, else SERVICE, else RAILWAY_SERVICE_NAME. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# A release folder brings its own environment; an image has its on the path.
PYTHON=${PYTHON:-.venv/bin/python}
# shellcheck source=scripts/local/find_python.sh
. scripts/local/find_python.sh
export PYTHONUNBUFFERED=1
exec "$python" -m scripts.production.start "$@"
