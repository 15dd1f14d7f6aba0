"""How well documents are read: drawn papers with a known truth, read, compared, cached, counted."""
