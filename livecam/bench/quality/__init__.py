"""Measure the quality of the picture; docs/metrics.md defines the figures."""
