"""What the goods are worth, at any instant and by the method one chooses."""
