"""Replacing the keys that sign and seal, without signing anybody out."""
