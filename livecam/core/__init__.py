"""Types that all rooms share.

They are frames, faces, textures, personas, clocks, ports and errors.
"""
