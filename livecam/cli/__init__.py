"""The command line: parse, call, exit code."""

from livecam.cli.early import ends_when_asked

with ends_when_asked():
    from livecam.cli.main import main

__all__ = ["main"]
