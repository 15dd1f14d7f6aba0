"""Goods promised to somebody for a while, which nobody else can take where stock may not run short."""
