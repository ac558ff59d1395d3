"""What this machine does.

The step of a live session on pictures in memory, against a bare floor in the same run.
"""
