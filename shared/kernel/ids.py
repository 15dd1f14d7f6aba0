"""Typed identifiers, so that a product is never passed for a location."""

from typing import NewType
from uuid import UUID

OrganisationId = NewType("OrganisationId", UUID)
BranchId = NewType("BranchId", UUID)
UserId = NewType("UserId", UUID)
ProductId = NewType("ProductId", UUID)
LocationId = NewType("LocationId", UUID)
SupplierId = NewType("SupplierId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
DocumentId = NewType("DocumentId", UUID)
