"""What files say about themselves.

A signed C2PA manifest, written and read, and plain metadata.
"""
