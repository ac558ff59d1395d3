"""Personas on disk and the record of the right to use them."""
