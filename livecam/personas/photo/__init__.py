"""A photo file, whether it serves as a persona, and figures about it."""
