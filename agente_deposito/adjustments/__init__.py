"""Corrections of the books with their reason; large ones wait for somebody who may approve them."""
