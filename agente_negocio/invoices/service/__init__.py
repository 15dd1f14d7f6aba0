"""What the business does with documents and invoices: one function per act."""
