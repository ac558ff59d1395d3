"""The voice's path: speech detection, conversion behind a guard, play-out.

What is marked is sent.
"""
