"""The audio process, and what watches it."""
