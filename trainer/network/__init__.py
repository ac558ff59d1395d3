"""Stage two: a small network in the atlas.

The one room that imports torch (the extra `train`).
"""
