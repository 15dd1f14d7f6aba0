"""Every query of the ledger."""
