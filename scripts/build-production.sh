#!/usr/bin/env bash
# Builds what is deployed: container images, or a folder for a machine without containers. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-.venv/bin/python}
# shellcheck source=scripts/local/find_python.sh
. scripts/local/find_python.sh
exec "$python" -m scripts.production.build "$@"
