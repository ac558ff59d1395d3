"""Faces of synthetic people, composed from shipped heads."""
