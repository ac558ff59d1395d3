"""Mouth movement that matches spoken sound."""
