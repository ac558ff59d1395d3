"""Write pictures and sound into files."""
