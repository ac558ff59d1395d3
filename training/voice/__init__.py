"""The built-in voices and the voicing decision."""
