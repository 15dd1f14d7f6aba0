"""Speed of the stock ledger against the limit of its own SQL: `python -m benchmarks.warehouse [--quick]`."""
