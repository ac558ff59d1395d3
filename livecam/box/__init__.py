"""A child process that decodes files from strangers.

It has no files, no network and little memory.
"""
