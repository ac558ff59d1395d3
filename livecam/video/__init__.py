"""Pictures in, pictures out.

Tracking, rendering, marking and the step that joins them.
"""
