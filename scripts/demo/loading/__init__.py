"""Loads the demo shop the way its people would: through the services' own API."""
