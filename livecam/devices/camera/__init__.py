"""Webcams: list them, and read pictures from one."""
