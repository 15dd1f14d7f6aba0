"""What the business does with stock."""
