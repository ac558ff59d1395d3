"""Appear as a camera to other programs."""
