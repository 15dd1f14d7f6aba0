"""How well documents are read: drawn papers with a known truth, read, compared, cached, counted."""

import os

# As in the reader's child: before numpy comes along, or its idle threads are charged to the page.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
