"""The persona's whole head on the live body.

In a room that is learned while it is seen.
"""
