"""Forecasts made anew and compared with those that are served."""
