"""Pictures and sound into files."""
