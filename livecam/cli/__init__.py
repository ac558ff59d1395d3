"""The command line: parse, call, exit code."""

from livecam.cli.main import main

__all__ = ["main"]
