"""Find and follow faces, and check that what was found is plausible."""
