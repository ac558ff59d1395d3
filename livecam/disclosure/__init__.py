"""Everything that makes output say that it is altered.

The only owner of `livecam.core.seal`.
"""
