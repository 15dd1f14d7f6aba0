"""Wire formats: predictions for sales sent along, and stored forecasts."""
