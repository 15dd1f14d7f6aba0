"""Goods that go from one place to another in two steps: shipped, then received, with their differences."""
