"""The live session: a child process of its own.

Which takes orders and says figures as lines of text.
"""
