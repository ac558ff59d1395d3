"""Engines that make face textures."""
