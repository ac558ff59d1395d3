"""Measure this machine: the step of a session, relative to a minimal program.

Both run on pictures in memory, in the same process.
"""
