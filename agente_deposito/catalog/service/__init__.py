"""What the business does with its catalogue."""
