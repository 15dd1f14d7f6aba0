"""`python -m scripts.production.verification`."""

import sys

from scripts.production.verification.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
