#!/usr/bin/env python3
"""Makes forecasts anew and serves them only where they are better; see --help."""

import sys
from pathlib import Path

# Started as a file, the root of the project is not where Python looks.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.production.launch import launch

if __name__ == "__main__":
    launch("scripts.production.models.command")
