"""Files for a reader to survive: small valid ones, crafted hostile ones, and damage done to both."""
