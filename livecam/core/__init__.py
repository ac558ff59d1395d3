"""The words everybody shares: frames, faces, textures, personas, clocks, ports and errors."""
