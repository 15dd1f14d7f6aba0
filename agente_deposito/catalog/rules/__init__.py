"""Decisions of the catalogue: codes, descriptions and how alike they are."""
