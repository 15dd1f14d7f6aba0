"""Command: `python -m benchmarks.reading`."""

import sys

from benchmarks.reading.command import main

if __name__ == "__main__":
    sys.exit(main())
