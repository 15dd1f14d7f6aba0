"""Every query on documents and invoices."""
