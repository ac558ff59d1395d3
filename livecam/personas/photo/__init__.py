"""Photo files: their kind, their quality, and measures of the face."""
