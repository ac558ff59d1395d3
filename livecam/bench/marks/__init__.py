"""Measure what the marks survive and cost on this machine."""
