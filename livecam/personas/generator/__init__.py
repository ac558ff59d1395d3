"""Faces of synthetic people, put together from shipped heads."""
