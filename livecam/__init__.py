"""A real-time virtual camera that shows a persona you have the right to use."""

__version__ = "0.1.0"
