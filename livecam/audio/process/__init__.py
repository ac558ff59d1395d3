"""The audio process and its monitor."""
