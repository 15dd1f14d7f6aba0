"""What a new installation begins with: its first organisation, and the reference data a shop needs."""
