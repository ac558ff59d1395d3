"""The control room: a documented HTTP API and the page that uses it.

For this computer alone.
"""
