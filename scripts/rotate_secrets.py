#!/usr/bin/env python3
"""Replaces the keys that sign and seal, old and new valid side by side; see --help."""

import sys
from pathlib import Path

# Started as a file, the root of the project is not where Python looks.
_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from scripts.production.rotation.command import main  # noqa: E402  after the path is set

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
