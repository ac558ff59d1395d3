"""Everything that makes output say that it is altered.

Only this room uses `livecam.core.seal`.
"""
