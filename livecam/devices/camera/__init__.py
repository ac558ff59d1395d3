"""Webcams: which there are, and pictures from one."""
