#!/usr/bin/env python3
"""Makes the first organisation with its owner, branch and location; see --help."""

import sys
from pathlib import Path

# Started as a file, the root of the project is not where Python looks.
_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from scripts.production.initial.setup_command import main  # noqa: E402  after the path is set

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
