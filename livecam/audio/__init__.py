"""The path of the voice: speech detection, guarded conversion, playback.

livecam plays only marked sound.
"""
