"""What the voice costs here, alone and beside the picture, and whether it keeps what it states."""
