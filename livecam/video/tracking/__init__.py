"""Where the faces are, and whether what was found is plausible."""
