"""`python -m scripts.production.backup`, run by scripts/backup_database.sh."""

import sys

from scripts.production.backup.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
