"""Decode files of unknown origin in a child process.

The process has no files, no network and little memory.
"""
