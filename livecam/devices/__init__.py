"""Cameras, clips, virtual cameras and files: the only rooms that touch hardware or containers."""
