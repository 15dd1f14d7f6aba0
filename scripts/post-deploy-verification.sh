#!/usr/bin/env bash
# Looks at a deployed platform as its users and services do; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# A release folder brings its own environment; an image has its on the path.
PYTHON=${PYTHON:-.venv/bin/python}
# shellcheck source=scripts/local/find_python.sh
. scripts/local/find_python.sh
exec "$python" scripts/production/launch.py "$0" scripts.production.verification.command "$@"
