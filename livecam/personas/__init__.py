"""Stored, built-in and generated personas and voices."""
