"""Papers that people corrected, given out as a test set for the reader."""
