"""What a shop cannot do without, as files anybody can read: JSON lines and CSV with checksums."""
