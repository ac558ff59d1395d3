"""Types that all rooms share.

Frames, faces, textures, personas, clocks, ports and errors.
"""
