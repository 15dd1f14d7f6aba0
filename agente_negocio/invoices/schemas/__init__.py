"""Wire format of documents and invoices."""
